import type { SingleBar } from 'cli-progress'
import { runStates } from '../run-state.ts'
import type { Output } from '../surroundings.ts'
import type { Colours } from '../terminal/colours.ts'
import { createMultiBar, finishMultiBar } from './multi-bar.ts'
import type { Progress } from './progress.ts'

const stateWidth = Math.max(...runStates.map((state) => state.length))

/** A live bar per state with how many runs are in it: for experiments with too many runs for a bar each. */
export function stateCountBars(output: Output, colours: Colours): Progress {
  const multiBar = createMultiBar(
    output,
    (bar, { state }: { readonly state: string }, { value, total }) =>
      `${state.padEnd(stateWidth)}  ${colours.cyan(bar)}  ${String(value).padStart(String(total).length)}/${total}`,
  )
  const bars = new Map<string, SingleBar>()
  return {
    update(runs) {
      for (const state of runStates) {
        const count = runs.filter((run) => run.state === state).length
        const bar = bars.get(state) ?? multiBar.create(runs.length, count, { state })
        bars.set(state, bar)
        bar.setTotal(runs.length)
        bar.update(count, { state })
      }
    },
    stop: () => finishMultiBar(multiBar),
  }
}
