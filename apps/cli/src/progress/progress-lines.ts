import { runLabel, type Variations } from '../comparison/run-label.ts'
import { isFinal, stateText } from '../run-state.ts'
import type { Output } from '../surroundings.ts'
import type { Progress } from './progress.ts'
import { measuredText, stepText } from './progress-text.ts'

/** One line per run, when it ends: for logs and pipes. */
export function progressLines(output: Output, document: Variations): Progress {
  const told = new Set<string>()
  return {
    update(runs) {
      const width = Math.max(...runs.map((run) => runLabel(run, document).length))
      const stepWidth = Math.max(
        ...runs.map(({ step, totalSteps = step }) => 2 * String(totalSteps).length + 1),
      )
      for (const run of runs) {
        if (!isFinal(run) || told.has(run.id)) continue
        told.add(run.id)
        const label = runLabel(run, document).padEnd(width)
        output.write(
          `${label}  ${stateText(run).padEnd(9)}  step ${stepText(run).padStart(stepWidth)}  ${measuredText(run)}`.trimEnd(),
        )
        output.write('\n')
      }
    },
    stop() {},
  }
}
