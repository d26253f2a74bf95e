import { areNumbers, type Command, converse, isNumber, isText } from './conversation.ts'
import type { Counts, Minimiser, MinimiserTask } from './minimiser.ts'

/** What goes to a process that minimises; `minimiser-serve.ts` and `minimiser-scipy.py` answer. */
export type MinimiserRequest =
  | { readonly ask: 'version' }
  | ({ readonly ask: 'setUp' } & MinimiserTask)
  | { readonly ask: 'overhead'; readonly calls: number }

/** What comes back. */
export type MinimiserAnswer =
  | { readonly version: string }
  | { readonly counts: Counts }
  | { readonly microseconds: number }
  | { readonly error: string }

/** A minimiser in a process of its own: V8 compiles its loops for one kind of vectors, as it does for its users. */
export async function minimiserChild(name: string, command: Command): Promise<Minimiser> {
  const { ask, close } = converse<MinimiserRequest>(name, command)
  const version = await ask({ ask: 'version' }, 'version', isText).catch((error: unknown) => {
    close()
    throw error
  })
  return {
    name,
    version,
    setUp: (task) => ask({ ask: 'setUp', ...task }, 'counts', areCounts),
    overhead: (calls) => ask({ ask: 'overhead', calls }, 'microseconds', isNumber),
    close,
  }
}

function areCounts(value: unknown): value is Counts {
  return areNumbers(value) && value.length === 2
}
