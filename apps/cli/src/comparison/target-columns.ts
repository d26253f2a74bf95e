import { formatMeasured } from '../terminal/number-format.ts'
import type { Variation } from './comparison.ts'
import type { ComparisonColumn } from './comparison-column.ts'
import { statisticsText } from './sample-statistics.ts'

/** How soon the target was reached, in steps and in time spent training; none where no run has a target. */
export function targetColumns(variations: readonly Variation[]): readonly ComparisonColumn[] {
  if (variations.every(({ target }) => target === undefined)) return []
  return [
    {
      title: 'target step',
      align: 'right',
      cell: stepText,
    },
    {
      title: 'target s',
      align: 'right',
      cell: ({ target }) => statisticsText(target?.seconds, formatMeasured),
    },
  ]
}

/** Whether the target was reached by some of the runs, but not by all. */
export function reachedBySome({ target }: Variation): boolean {
  return target !== undefined && target.reached > 0 && target.reached < target.runs
}

/** `480`, or `480 ± 12 (2/3)` where not every run reached it. */
function stepText(variation: Variation): string {
  const { steps, reached, runs } = variation.target ?? { steps: undefined, reached: 0, runs: 0 }
  const text = statisticsText(steps, (step) => String(Math.round(step)))
  return reachedBySome(variation) ? `${text} (${reached}/${runs})` : text
}
