/** Options of Node that a worker needs to load the same code as the server; each takes a value. */
const passedOptions = new Set(['--conditions', '-C', '--import'])

/**
 * What of the server's own options a worker is started with. Only what is known to be needed: an inherited `--eval`
 * would run the server's program again in every worker, and a debugger's port can be taken only once.
 */
export function workerArguments(execArgv: readonly string[]): string[] {
  return execArgv.flatMap((argument, index) => {
    const [name = '', value] = argument.split('=', 2)
    if (name === '--max-old-space-size') return [argument]
    if (!passedOptions.has(name)) return []
    return value === undefined ? [argument, ...execArgv.slice(index + 1, index + 2)] : [argument]
  })
}
