import type { SingleBar } from 'cli-progress'
import { runLabel, type Variations } from '../comparison/run-label.ts'
import { isFinal, stateText } from '../run-state.ts'
import type { Output } from '../surroundings.ts'
import type { Colours } from '../terminal/colours.ts'
import { createMultiBar, finishMultiBar } from './multi-bar.ts'
import type { Progress } from './progress.ts'
import { measuredText, stepText } from './progress-text.ts'

/** What a bar shows beside itself. */
interface Payload {
  readonly label: string
  readonly steps: string
  readonly text: string
  readonly paint: (bar: string) => string
}

/** A live bar per run. */
export function progressBars(output: Output, document: Variations, colours: Colours): Progress {
  const multiBar = createMultiBar(
    output,
    (bar, { label, steps, text, paint }: Payload) => `${label}  ${paint(bar)}  ${steps}  ${text}`,
  )
  const bars = new Map<string, SingleBar>()
  return {
    update(runs) {
      const labelWidth = Math.max(...runs.map((run) => runLabel(run, document).length))
      const stepWidth = Math.max(...runs.map((run) => stepText(run).length))
      for (const run of runs) {
        const going = run.state === 'running' || run.state === 'succeeded'
        const payload: Payload = {
          label: runLabel(run, document).padEnd(labelWidth),
          steps: stepText(run).padStart(stepWidth),
          text: going ? measuredText(run) : stateText(run),
          paint: run.state === 'succeeded' ? colours.green : isFinal(run) ? colours.red : colours.cyan,
        }
        // A run that has not said how long it is cannot look finished.
        const total = run.totalSteps ?? run.step + 1
        const bar = bars.get(run.id) ?? multiBar.create(total, run.step, payload)
        bars.set(run.id, bar)
        bar.setTotal(total)
        bar.update(run.step, payload)
      }
    },
    stop: () => finishMultiBar(multiBar),
  }
}
