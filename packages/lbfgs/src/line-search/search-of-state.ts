import type { LineSearch, LineSearchState } from './line-search.ts'
import type { TrialRecord } from './trial-record.ts'

/** The search that keeps all it knows in `state`; `search` is its name in messages. */
export const searchOfState = <O>(
  name: string,
  search: string,
  state: TrialRecord,
  { start, tell }: Pick<LineSearch, 'start' | 'tell'>,
  make: (options: O) => LineSearch,
  options: O,
): LineSearch => {
  const own = { ...options }
  const made: LineSearch = {
    name,
    get step() {
      return state.step
    },
    start,
    tell,
    // Whoever wraps a search by spreading it must get what he added.
    copy() {
      return this === made ? make(own) : undefined
    },
    save: () => ({ ...state }),
    restore: (saved) => restoreInto(search, state, saved),
  }
  return made
}

/** Copies a saved state over `state`; throws a TypeError where a field is missing or of another type. */
const restoreInto = (search: string, state: Record<string, unknown>, saved: LineSearchState): void => {
  for (const key of Object.keys(state)) {
    if (typeof saved[key] !== typeof state[key])
      throw new TypeError(
        `${search}: restore: ${key} must be a ${typeof state[key]}, got ${String(saved[key])}`,
      )
  }
  for (const key of Object.keys(state)) state[key] = saved[key]
}
