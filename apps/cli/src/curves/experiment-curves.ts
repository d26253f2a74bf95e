import type { Client } from '@thalweg/client'
import type { RecordedKey } from '@thalweg/document'
import type { Variation } from '../comparison/comparison.ts'
import { type Variations, variationLabel } from '../comparison/run-label.ts'
import { type Extent, passesPerStep } from '../passes.ts'
import { type LabelledCurve, maximumCurves } from './curve-drawing.ts'
import { recordedCurves } from './recorded-curves.ts'

export interface ExperimentCurveRequest {
  readonly key: RecordedKey
  readonly width: number
  readonly smoothing: number
  /** With passes, runs that have not recorded any are left out. */
  readonly extent: Extent
}

/**
 * One curve per variation, of its first seed. Where there are more than a drawing can tell apart, those with the
 * highest validation accuracy.
 */
export async function experimentCurves(
  client: Client,
  variations: readonly Variation[],
  experiment: Variations,
  { key, width, smoothing, extent }: ExperimentCurveRequest,
): Promise<readonly LabelledCurve[]> {
  const curves = await Promise.all(
    drawn(variations).map(async ({ runs: [first] }) => {
      const [curve] = await recordedCurves(client, first.id, { keys: [key], width, smoothing })
      const unit = extent === 'step' ? 1 : passesPerStep(first)
      if (curve === undefined || unit === undefined) return []
      const steps = curve.steps.map((step) => step * unit)
      return [{ ...curve, steps, label: variationLabel(first, experiment) }]
    }),
  )
  return curves.flat()
}

function drawn(variations: readonly Variation[]): readonly Variation[] {
  if (variations.length <= maximumCurves) return variations
  const accuracy = ({ statistics }: Variation): number => statistics.get('validation.accuracy')?.mean ?? 0
  const best = new Set([...variations].sort((a, b) => accuracy(b) - accuracy(a)).slice(0, maximumCurves))
  return variations.filter((variation) => best.has(variation))
}
