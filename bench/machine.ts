import { cpus, loadavg, release, totalmem, type } from 'node:os'

/** What the figures were measured on; a load above 0 before the first figure means that they are not to be kept. */
export function machine(): Readonly<Record<string, string | number>> {
  const processors = cpus()
  return {
    processor: processors[0]?.model.trim() ?? 'unknown',
    threads: processors.length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release()}`,
    load: Number(loadavg()[0].toFixed(2)),
  }
}
