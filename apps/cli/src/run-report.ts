import { type Client, fromWireNumber, type RunResource } from '@thalweg/client'
import { type SeriesKey, seriesKeys } from '@thalweg/document'
import type { ReportOptions } from './comparison/comparison-report.ts'
import { drawCurves } from './curves/curve-drawing.ts'
import { recordedCurves } from './curves/recorded-curves.ts'
import { stepText } from './progress/progress-text.ts'
import { partText } from './run-document-text.ts'
import { stateText } from './run-state.ts'
import type { Surroundings } from './surroundings.ts'
import { type Colours, coloursFor } from './terminal/colours.ts'
import { formatMeasured } from './terminal/number-format.ts'
import { renderTable } from './terminal/table.ts'
import { terminalWidth } from './terminal/terminal-width.ts'

/** Writes all there is to see of one run: its state, its document in short, its metrics, its curves. */
export async function writeRunReport(
  client: Client,
  run: RunResource,
  experimentName: string,
  { keys, smoothing, logarithmic }: ReportOptions,
  { stdout, environment }: Surroundings,
): Promise<void> {
  const colours = coloursFor(stdout, environment)
  const width = terminalWidth(stdout)
  stdout.write(`Run ${run.id}: ${colours.bold(stateText(run))}\n\n`)
  for (const [name, text] of facts(run, experimentName)) {
    const lines = brokenAtCommas(text, width - factIndent.length)
    stdout.write(`  ${name.padEnd(11)} ${lines.join(`\n${factIndent}`)}\n`)
  }
  stdout.write(`\n${metricsTable(run, colours)}`)

  const curves = await recordedCurves(client, run.id, { keys, width, smoothing })
  for (const group of groupsOfOneScale(keys)) {
    const shown = curves.filter(({ key }) => group.includes(key))
    if (shown.length === 0) continue
    const remark = smoothing > 1 ? ` (mean of ${smoothing} values)` : ''
    stdout.write(`\n${colours.bold(group.join(', '))}${remark}\n`)
    stdout.write(drawCurves(shown, { width, colours, logarithmic }))
  }
}

/** What a fact's further lines start with. */
const factIndent = ' '.repeat(14)

/** Breaks a list where a line would be longer than `width`. */
function brokenAtCommas(text: string, width: number): readonly string[] {
  const lines: string[] = []
  let line = ''
  for (const part of text.split(/(?<=, )/)) {
    if (line !== '' && line.length + part.trimEnd().length > width) {
      lines.push(line.trimEnd())
      line = ''
    }
    line += part
  }
  return [...lines, line.trimEnd()]
}

function facts(run: RunResource, experimentName: string): readonly (readonly [string, string])[] {
  const { document } = run
  const { batchSize, epochs, sampling, precision, seed } = document
  const speed = run.stepsPerSecond === undefined ? '' : `, ${Math.round(run.stepsPerSecond)} steps/s`
  return [
    ...(run.message === undefined ? [] : [['why', run.message] as const]),
    ['experiment', `${experimentName} (${run.experimentId})`],
    ['dataset', partText(document.dataset)],
    ['model', partText(document.model)],
    ['optimizer', partText(document.optimizer)],
    ['schedule', partText(document.schedule)],
    ...Object.entries(document.schedules ?? {}).map(
      ([name, schedule]) => [name, partText(schedule)] as const,
    ),
    [
      'training',
      `batchSize ${batchSize}, epochs ${epochs}, sampling ${sampling}, ${precision}, seed ${seed}`,
    ],
    ['progress', `step ${stepText(run)}, ${(run.trainingMs / 1000).toFixed(1)} s of training${speed}`],
    ...(run.targetStep === undefined ? [] : [['target', `reached at step ${run.targetStep}`] as const]),
    ...(run.tags.length === 0 ? [] : [['tags', run.tags.join(', ')] as const]),
  ]
}

function metricsTable(run: RunResource, colours: Colours): string {
  const rows = seriesKeys.flatMap((key) => {
    const metric = run.metrics[key]
    if (metric === undefined) return []
    const numbers = [fromWireNumber(metric.last), metric.min, metric.max].map((value) =>
      value === undefined ? '-' : formatMeasured(value),
    )
    return [[key, ...numbers, String(metric.points)]]
  })
  if (rows.length === 0) return 'Nothing is recorded yet.\n'
  const titles = ['last', 'min', 'max', 'points']
  const numbers = titles.map((title) => ({ title, align: 'right' }) as const)
  return renderTable([{ title: 'metric' }, ...numbers], rows, colours)
}

/** Losses share a drawing, and accuracies do; each of the others has its own scale. */
function groupsOfOneScale(keys: readonly SeriesKey[]): readonly (readonly SeriesKey[])[] {
  const groups = new Map<string, SeriesKey[]>()
  for (const key of keys) {
    const scale = key.slice(key.indexOf('.') + 1)
    groups.set(scale, [...(groups.get(scale) ?? []), key])
  }
  return [...groups.values()]
}
