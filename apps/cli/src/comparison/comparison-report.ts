import type { Client, RunResource } from '@thalweg/client'
import type { RecordedKey } from '@thalweg/document'
import { drawCurves, maximumCurves } from '../curves/curve-drawing.ts'
import { experimentCurves } from '../curves/experiment-curves.ts'
import type { Extent } from '../passes.ts'
import type { Surroundings } from '../surroundings.ts'
import { coloursFor } from '../terminal/colours.ts'
import { tableWidth, terminalWidth } from '../terminal/terminal-width.ts'
import { compareVariations, extentOf } from './comparison.ts'
import { comparisonTable } from './comparison-table.ts'
import { ensembleTable } from './ensemble-table.ts'
import type { Variations } from './run-label.ts'

export interface ReportOptions {
  /** One drawing for each. */
  readonly keys: readonly RecordedKey[]
  /** The mean of this many values is drawn; 1 for the values themselves. */
  readonly smoothing: number
  readonly logarithmic: boolean
  /** What the curves of an experiment are drawn over; what can be compared by default. */
  readonly extent?: Extent
}

/** Writes the comparison table of an experiment, the report of its ensemble if it has one, and, for each key, a drawing with one curve per variation. */
export async function writeComparisonReport(
  client: Client,
  { runs, document }: { readonly runs: readonly RunResource[]; readonly document: Variations },
  { keys, smoothing, logarithmic, extent: wanted }: ReportOptions,
  { stdout, environment }: Surroundings,
): Promise<void> {
  const colours = coloursFor(stdout, environment)
  const width = terminalWidth(stdout)
  const variations = compareVariations(runs, document)
  const extent = wanted ?? extentOf(variations)
  stdout.write(comparisonTable(variations, document, colours, tableWidth(stdout)))
  const ensemble = runs.find(({ role }) => role === 'ensemble')
  if (ensemble !== undefined) {
    const report = await client.report(ensemble.experimentId)
    stdout.write(`\n${ensembleTable(report, colours, tableWidth(stdout))}`)
  }
  for (const key of keys) {
    const curves = await experimentCurves(client, variations, document, { key, width, smoothing, extent })
    const remarks = [
      ...(smoothing > 1 ? [`mean of ${smoothing} values`] : []),
      ...(document.seeds.length > 1 ? [`seed ${document.seeds[0]}`] : []),
      ...(variations.length > maximumCurves ? [`the ${maximumCurves} best of ${variations.length}`] : []),
    ]
    stdout.write(`\n${colours.bold(key)}${remarks.length > 0 ? ` (${remarks.join(', ')})` : ''}\n`)
    stdout.write(drawCurves(curves, { width, colours, logarithmic, extent }))
  }
}
