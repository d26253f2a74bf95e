import { fileURLToPath } from 'node:url'
import { keptMemory, withPython } from './python.ts'
import { trainingChild } from './training-child.ts'
import type { TrainingContender } from './training-contender.ts'

const script = fileURLToPath(new URL('./training-pytorch.py', import.meta.url))

/** Threads of PyTorch's own loops, those of its matrix products, and whether the former sleep while they wait. */
interface ThreadSetting {
  readonly own: number
  readonly blas: number
  readonly sleep?: boolean
  /** Whether memory is kept instead of given back to the system, which spares page faults; as installed it is not. */
  readonly keepsMemory?: boolean
}

/** Which of those with two threads is best depends on the net. */
export const threadSettings: readonly ThreadSetting[] = [
  { own: 1, blas: 1 },
  { own: 1, blas: 2 },
  { own: 2, blas: 2, sleep: true },
  { own: 2, blas: 1, sleep: true },
].flatMap((setting) => [setting, { ...setting, keepsMemory: true }])

/** OpenBLAS's threads are seen to work for 100 ms after a product. */
const threadsRestAfterMs = 150

/** PyTorch with its threads set up in one way. */
export async function pytorchTraining({
  own,
  blas,
  sleep = false,
  keepsMemory = false,
}: ThreadSetting): Promise<TrainingContender> {
  const threads = Math.max(own, blas)
  const environment = {
    ...(keepsMemory ? keptMemory : {}),
    OMP_NUM_THREADS: String(own),
    OPENBLAS_NUM_THREADS: String(blas),
    // PyTorch sets its own threads by this one too, where it has no MKL.
    MKL_NUM_THREADS: String(own),
    ...(sleep ? { OMP_WAIT_POLICY: 'passive' } : {}),
  }
  const setting = `OMP ${own}${sleep ? ' passive' : ''}, BLAS ${blas}${keepsMemory ? ', memory kept' : ''}`
  return await withPython((command) =>
    trainingChild(keepsMemory ? 'PyTorch, memory kept' : 'PyTorch', {
      command,
      arguments: [script],
      environment,
      threads,
      multiplies: own === 1,
      restMs: threads === 1 ? 0 : threadsRestAfterMs,
      ...(threads === 1 ? {} : { setting }),
    }),
  )
}
