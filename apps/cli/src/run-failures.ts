import type { RunResource } from '@thalweg/client'
import { CommandFailure } from './command-failure.ts'
import { runLabel, type Variations } from './comparison/run-label.ts'
import { stateText } from './run-state.ts'
import { countOf } from './terminal/count.ts'

/** So many are told one by one. */
const listed = 5

/** Throws, telling which and why, if not every run succeeded; an ensemble that has succeeded could do without the others. */
export function requireSuccess(runs: readonly RunResource[], experiment: Variations): void {
  const combined = runs.some(({ role, state }) => role === 'ensemble' && state === 'succeeded')
  const others = runs.filter(({ role, state }) => state !== 'succeeded' && !(combined && role === 'member'))
  if (others.length === 0) return
  const reasons = others.slice(0, listed).map((run) => {
    const why = run.message === undefined ? '' : ` (${run.message})`
    return `${runLabel(run, experiment)} ${stateText(run)}${why}`
  })
  const more = others.length > listed ? ', …' : ''
  throw new CommandFailure(
    `${others.length} of ${countOf(runs.length, 'run')} did not succeed: ${reasons.join(', ')}${more}`,
    1,
  )
}
