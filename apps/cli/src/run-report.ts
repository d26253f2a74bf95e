import { type Client, fromWireNumber, type RunDetailsResource, type RunResource } from '@thalweg/client'
import { type RecordedKey, seriesKeys } from '@thalweg/document'
import type { ReportOptions } from './comparison/comparison-report.ts'
import { drawCurves, maximumCurves } from './curves/curve-drawing.ts'
import { recordedCurves } from './curves/recorded-curves.ts'
import { runFacts } from './run-facts.ts'
import { stateText } from './run-state.ts'
import type { Surroundings } from './surroundings.ts'
import { type Colours, coloursFor } from './terminal/colours.ts'
import { formatMeasured } from './terminal/number-format.ts'
import { renderTable } from './terminal/table.ts'
import { terminalWidth } from './terminal/terminal-width.ts'

/** Writes all there is to see of one run: its state, its document in short, its metrics, its curves. */
export async function writeRunReport(
  client: Client,
  run: RunDetailsResource,
  experimentName: string,
  { keys, smoothing, logarithmic }: ReportOptions,
  { stdout, environment }: Surroundings,
): Promise<void> {
  const colours = coloursFor(stdout, environment)
  const width = terminalWidth(stdout)
  stdout.write(`Run ${run.id}: ${colours.bold(stateText(run))}\n\n`)
  for (const [name, text] of runFacts(run, experimentName)) {
    const lines = brokenAtCommas(text, width - factIndent.length)
    stdout.write(`  ${name.padEnd(11)} ${lines.join(`\n${factIndent}`)}\n`)
  }
  stdout.write(`\n${metricsTable(run, colours)}`)

  const curves = await recordedCurves(client, run.id, { keys, width, smoothing })
  for (const group of groupsOfOneScale(keys)) {
    const shown = curves.filter(({ key }) => group.includes(key))
    const remark = smoothing > 1 ? ` (mean of ${smoothing} values)` : ''
    for (let from = 0; from < shown.length; from += maximumCurves) {
      const drawn = shown.slice(from, from + maximumCurves)
      stdout.write(`\n${colours.bold(drawn.map(({ key }) => key).join(', '))}${remark}\n`)
      stdout.write(drawCurves(drawn, { width, colours, logarithmic }))
    }
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

/** Losses share a drawing, and accuracies, and the norms of weights do; what is alone in its kind has its own scale. */
function groupsOfOneScale(keys: readonly RecordedKey[]): readonly (readonly RecordedKey[])[] {
  const groups = new Map<string, RecordedKey[]>()
  for (const key of keys) {
    const scale = key.slice(key.lastIndexOf('.') + 1)
    groups.set(scale, [...(groups.get(scale) ?? []), key])
  }
  return [...groups.values()]
}
