import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { areNumbers, type Command, converse, isNumber, isText, isTruth } from './conversation.ts'
import type { TrainingContender, TrainingTask } from './training-contender.ts'

/** What goes to a process that trains nets; `training-serve.ts` and `training-pytorch.py` answer. */
export type TrainingRequest =
  | { readonly ask: 'version' }
  | ({ readonly ask: 'setUp' } & TrainingTask)
  | { readonly ask: 'elapsed' | 'productsElapsed'; readonly calls: number }
  | { readonly ask: 'losses'; readonly count: number }
  | { readonly ask: 'product'; readonly size: number; readonly calls: number }

/** What comes back. */
export type TrainingAnswer =
  | { readonly version: string }
  | { readonly known: boolean }
  | { readonly microseconds: number }
  | { readonly values: readonly number[] }
  | { readonly error: string }

interface ChildOptions extends Command {
  readonly threads: number
  readonly setting?: string
  /** Whether it answers to `product`. */
  readonly multiplies?: boolean
  /** Whether it answers to `productsElapsed`. */
  readonly isOurs?: boolean
  /** How long its threads look for more work after a turn; others are measured only then. */
  readonly restMs?: number
}

/** A contender in a process of its own. */
export async function trainingChild(name: string, options: ChildOptions): Promise<TrainingContender> {
  const { ask, close } = converse<TrainingRequest>(name, options)
  const { threads, setting, multiplies = false, isOurs = false, restMs = 0 } = options

  async function microseconds(request: TrainingRequest): Promise<number> {
    const took = await ask(request, 'microseconds', isNumber)
    if (restMs > 0) await setTimeout(restMs)
    return took
  }

  const version = await ask({ ask: 'version' }, 'version', isText).catch((error: unknown) => {
    close()
    throw error
  })
  return {
    name,
    version,
    threads,
    ...(setting === undefined ? {} : { setting }),

    async setUp(task) {
      if (!(await ask({ ask: 'setUp', ...task, threads }, 'known', isTruth))) return undefined
      return {
        elapsed: (calls) => microseconds({ ask: 'elapsed', calls }),
        losses: (count) => ask({ ask: 'losses', count }, 'values', areNumbers),
        ...(isOurs
          ? { productsElapsed: (calls: number) => microseconds({ ask: 'productsElapsed', calls }) }
          : {}),
      }
    },

    ...(multiplies
      ? { product: (size: number, calls: number) => microseconds({ ask: 'product', size, calls }) }
      : {}),
    close,
  }
}

/** One of the libraries that `training-serve.ts` knows, in a process of Node. */
export function servedLibrary(
  name: string,
  library: 'blas' | 'wasm' | 'tensorflow' | 'jax' | 'deepbox',
  threads: number,
): Promise<TrainingContender> {
  const script = fileURLToPath(new URL('./training-serve.ts', import.meta.url))
  // The flag as the service's workers have it, see `main.ts`.
  const words = ['--conditions=@thalweg/source', '--no-liftoff', script, library]
  const isOurs = library === 'blas' || library === 'wasm'
  return trainingChild(name, { command: process.execPath, arguments: words, threads, isOurs })
}
