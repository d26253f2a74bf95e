import { reasonOf } from '../measure.ts'

/**
 * Memory is kept, never given back to the system: page faults of large temporaries would otherwise take longer than
 * the arithmetic, and are not what we compare with.
 */
export const keptMemory = { MALLOC_MMAP_MAX_: '0', MALLOC_TRIM_THRESHOLD_: '2000000000' }

const onPath = 'python3'
export const systemPython = '/usr/bin/python3'

/** What starts with the first Python that can: `THALWEG_PYTHON`, the one on the path, the system's; or others. */
export async function withPython<Started>(
  start: (command: string) => Promise<Started>,
  commands: readonly string[] = [onPath, systemPython],
): Promise<Started> {
  const reasons: string[] = []
  for (const command of [process.env.THALWEG_PYTHON, ...commands]) {
    if (command === undefined) continue
    try {
      return await start(command)
    } catch (error) {
      reasons.push(`${command}: ${reasonOf(error)}`)
    }
  }
  throw new Error(reasons.join('; '))
}
