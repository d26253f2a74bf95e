import { fileURLToPath } from 'node:url'
import { child } from './child.ts'
import { keptMemory, withPython } from './python.ts'
import type { Trainer } from './trainer.ts'

const script = fileURLToPath(new URL('./pytorch.py', import.meta.url))

const environment = { ...keptMemory, OMP_NUM_THREADS: '1', MKL_NUM_THREADS: '1' }

/** PyTorch on one thread. */
export async function pytorch(): Promise<Trainer> {
  return await withPython((command) => child('PyTorch', { command, arguments: [script], environment }))
}
