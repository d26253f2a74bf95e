import { fileURLToPath } from 'node:url'
import { reasonOf } from '../measure.ts'
import { child } from './child.ts'
import type { Trainer } from './trainer.ts'

const script = fileURLToPath(new URL('./pytorch.py', import.meta.url))

const environment = {
  OMP_NUM_THREADS: '1',
  MKL_NUM_THREADS: '1',
  // Memory is kept, never given back to the system: page faults of large temporaries would otherwise take longer than
  // the arithmetic, and are not what we compare with.
  MALLOC_MMAP_MAX_: '0',
  MALLOC_TRIM_THRESHOLD_: '2000000000',
}

/** PyTorch on one thread, of the first Python that has it: `THALWEG_PYTHON`, the one on the path, the system's. */
export async function pytorch(): Promise<Trainer> {
  const candidates = [process.env.THALWEG_PYTHON, 'python3', '/usr/bin/python3']
  const reasons: string[] = []
  for (const command of candidates) {
    if (command === undefined) continue
    try {
      return await child('PyTorch', { command, arguments: [script], environment })
    } catch (error) {
      reasons.push(`${command}: ${reasonOf(error)}`)
    }
  }
  throw new Error(reasons.join('; '))
}
