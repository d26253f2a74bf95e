import { areNumbers, type Command, converse, isNumber, isText, isTruth } from './conversation.ts'
import type { Trainer } from './trainer.ts'

/** What goes to a process that trains, a line each; `serve.ts` and `pytorch.py` answer. */
export type Request =
  | { readonly ask: 'version' }
  | { readonly ask: 'setUp'; readonly optimizer: string; readonly length: number }
  | { readonly ask: 'elapsed'; readonly calls: number }
  | { readonly ask: 'first'; readonly count: number }

/** What comes back, a line for a line. */
export type Answer =
  | { readonly version: string }
  | { readonly known: boolean }
  | { readonly microseconds: number }
  | { readonly values: readonly number[] }
  | { readonly error: string }

/** A trainer in a process of its own. */
export async function child(name: string, command: Command): Promise<Trainer> {
  const { ask, close } = converse<Request>(name, command)
  const version = await ask({ ask: 'version' }, 'version', isText)
  return {
    name,
    version,

    async setUp(optimizer, length) {
      const known = await ask({ ask: 'setUp', optimizer, length }, 'known', isTruth)
      if (!known) return undefined
      return {
        elapsed: (calls) => ask({ ask: 'elapsed', calls }, 'microseconds', isNumber),
        first: (count) => ask({ ask: 'first', count }, 'values', areNumbers),
      }
    },

    close,
  }
}
