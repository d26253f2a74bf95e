import { formatPasses } from '../passes.ts'
import { formatMeasured } from '../terminal/number-format.ts'
import { extentOf, type Variation } from './comparison.ts'
import type { ComparisonColumn } from './comparison-column.ts'
import { statisticsText } from './sample-statistics.ts'

/** How soon the target was reached, in steps, or in passes where steps cannot be compared, and in time spent training; none where no run has a target. */
export function targetColumns(variations: readonly Variation[]): readonly ComparisonColumn[] {
  if (variations.every(({ target }) => target === undefined)) return []
  const byPasses = extentOf(variations) === 'passes'
  return [
    {
      title: byPasses ? 'target passes' : 'target step',
      align: 'right',
      cell: byPasses ? passesText : stepText,
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
  return withCount(
    variation,
    statisticsText(variation.target?.steps, (step) => String(Math.round(step))),
  )
}

function passesText(variation: Variation): string {
  return withCount(variation, statisticsText(variation.target?.passes, formatPasses))
}

function withCount(variation: Variation, text: string): string {
  const { reached, runs } = variation.target ?? { reached: 0, runs: 0 }
  return reachedBySome(variation) ? `${text} (${reached}/${runs})` : text
}
