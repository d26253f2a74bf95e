import type { RunResource } from '@thalweg/client'
import type { SeriesKey } from '@thalweg/document'
import { formatPasses } from '../passes.ts'
import { isFinal, stateText } from '../run-state.ts'
import type { Colours } from '../terminal/colours.ts'
import { formatMeasured, formatPercent } from '../terminal/number-format.ts'
import { renderTable } from '../terminal/table.ts'
import { extentOf, type Variation } from './comparison.ts'
import type { ComparisonColumn } from './comparison-column.ts'
import { axisLabels, type Variations } from './run-label.ts'
import { statisticsText } from './sample-statistics.ts'
import { reachedBySome, targetColumns } from './target-columns.ts'

/**
 * One row per variation: what varies, then the last accuracies and losses, the speed and the states. Several seeds
 * give mean ± sample standard deviation. Ends with a line break.
 */
export function comparisonTable(
  variations: readonly Variation[],
  experiment: Variations,
  colours: Colours,
  maxWidth?: number,
): string {
  const severalSeeds = experiment.seeds.length > 1
  const columns: readonly ComparisonColumn[] = [
    ...variationColumns(experiment),
    ...metricColumns(variations, colours),
    ...passesColumn(variations),
    ...targetColumns(variations),
    {
      title: 'steps/s',
      align: 'right',
      cell: ({ stepsPerSecond }) =>
        stepsPerSecond === undefined ? '-' : String(Math.round(stepsPerSecond.mean)),
    },
    ...(severalSeeds ? [countColumn] : []),
    { title: 'state', cell: ({ runs }) => paintState(statesText(runs), runs, colours) },
  ]
  const rows = variations.map((variation) => columns.map(({ cell }) => cell(variation)))
  return renderTable(columns, rows, colours, maxWidth) + legend(variations, severalSeeds, colours)
}

/** The optimizer always; then every other axis. */
function variationColumns(experiment: Variations): readonly ComparisonColumn[] {
  const axis = (path: string): ((variation: Variation) => string) => {
    return ({ runs: [first] }) =>
      axisLabels(first, experiment).find((label) => label.path === path)?.text ?? '-'
  }
  const optimizer: ComparisonColumn = {
    title: 'optimizer',
    cell:
      'optimizer' in experiment.vary
        ? axis('optimizer')
        : ({ runs: [first] }) => first.document.optimizer.name,
  }
  const paths = Object.keys(experiment.vary).filter((path) => path !== 'optimizer')
  const names = paths.map((path) => path.slice(path.lastIndexOf('.') + 1))
  const others = paths.map((path, index): ComparisonColumn => {
    const name = names[index] ?? path
    const unique = names.filter((other) => other === name).length === 1
    return { title: unique ? name : path, cell: axis(path) }
  })
  return [optimizer, ...others]
}

/** Accuracies and losses that at least one run has. */
function metricColumns(variations: readonly Variation[], colours: Colours): readonly ComparisonColumn[] {
  const column = (title: string, key: SeriesKey, format: (value: number) => string): ComparisonColumn => ({
    title,
    align: 'right',
    cell: ({ statistics }) => statisticsText(statistics.get(key), format),
  })
  const columns: readonly (readonly [SeriesKey, ComparisonColumn])[] = [
    ['train.accuracy', column('train acc.', 'train.accuracy', formatPercent)],
    ['validation.accuracy', markingBest(column('val. acc.', 'validation.accuracy', formatPercent), colours)],
    ['test.accuracy', column('test acc.', 'test.accuracy', formatPercent)],
    ['train.loss', column('batch loss', 'train.loss', formatMeasured)],
    ['validation.loss', column('val. loss', 'validation.loss', formatMeasured)],
    // What has an average of the weights beside it.
    ['averaged.test.loss', column('test loss', 'test.loss', formatMeasured)],
    ['averaged.validation.loss', column('averaged: val. loss', 'averaged.validation.loss', formatMeasured)],
    ['averaged.test.accuracy', column('averaged: test acc.', 'averaged.test.accuracy', formatPercent)],
    ['averaged.test.loss', column('averaged: test loss', 'averaged.test.loss', formatMeasured)],
  ]
  return columns
    .filter(([key]) => variations.some(({ statistics }) => statistics.has(key)))
    .map(([, shown]) => shown)
}

/** Passes over the data, where steps are unlike or variations took unlike many. */
function passesColumn(variations: readonly Variation[]): readonly ComparisonColumn[] {
  const means = variations.map(({ statistics }) => statistics.get('passes')?.mean)
  if (extentOf(variations) === 'step' && new Set(means).size === 1) return []
  if (means.every((mean) => mean === undefined)) return []
  return [
    {
      title: 'passes',
      align: 'right',
      cell: ({ statistics }) => statisticsText(statistics.get('passes'), formatPasses),
    },
  ]
}

/** Every cell is one character wider, so that the numbers stay in line where one has the mark. */
function markingBest(column: ComparisonColumn, colours: Colours): ComparisonColumn {
  return {
    ...column,
    title: `${column.title} `,
    cell: (variation) =>
      variation.best
        ? colours.bold(colours.green(`${column.cell(variation)}*`))
        : `${column.cell(variation)} `,
  }
}

/** How many runs the means are over. */
const countColumn: ComparisonColumn = {
  title: 'n',
  align: 'right',
  cell: ({ runs, statistics }) =>
    String(Math.max(0, ...[...statistics.values()].map(({ count }) => Math.min(count, runs.length)))),
}

/** What has ended before what is still going. */
const states: readonly RunResource['state'][] = ['succeeded', 'failed', 'cancelled', 'running', 'queued']

/** `succeeded` for one run; over several `succeeded 4/5, diverged 1/5`. */
function statesText(runs: readonly RunResource[]): string {
  const [first] = runs
  if (runs.length === 1 && first !== undefined) return stateText(first)
  const counts = new Map<string, number>()
  const byState = [...runs].sort((a, b) => states.indexOf(a.state) - states.indexOf(b.state))
  for (const run of byState) counts.set(stateText(run), (counts.get(stateText(run)) ?? 0) + 1)
  return [...counts].map(([state, count]) => `${state} ${count}/${runs.length}`).join(', ')
}

function paintState(text: string, runs: readonly RunResource[], colours: Colours): string {
  if (runs.some(({ state }) => state === 'failed')) return colours.red(text)
  return runs.every(isFinal) ? text : colours.yellow(text)
}

function legend(variations: readonly Variation[], severalSeeds: boolean, colours: Colours): string {
  const notes = [
    ...(variations.some(({ best }) => best) ? ['* best validation accuracy'] : []),
    ...(variations.some(reachedBySome) ? ['(k/n) k of n runs reached the target'] : []),
    ...(severalSeeds ? ['mean ± sample standard deviation over n seeds'] : []),
  ]
  return notes.length > 0 ? `${colours.dim(notes.join('; '))}\n` : ''
}
