import { type Client, fromWireNumber } from '@thalweg/client'
import type { RecordedKey } from '@thalweg/document'
import type { LabelledCurve } from './curve-drawing.ts'
import { smooth } from './resample.ts'

/** The most that the service gives. */
const allPoints = 100_000

export interface CurveRequest {
  readonly keys: readonly RecordedKey[]
  /** Characters across: no more points are fetched than a drawing of this width can show. */
  readonly width: number
  /** Draw the mean of this many recorded values; 1 draws the values themselves. */
  readonly smoothing: number
}

/** A run's series as curves, labelled by their keys, in the order asked for; series without points are left out. */
export async function recordedCurves(
  client: Client,
  runId: string,
  { keys, width, smoothing }: CurveRequest,
): Promise<readonly (LabelledCurve & { readonly key: RecordedKey })[]> {
  // A mean over chosen extremes would be no mean of the curve: smoothing needs every value.
  const series = await client.series(runId, { keys, points: smoothing > 1 ? allPoints : 4 * width })
  return keys.flatMap((key) => {
    const found = series.find((one) => one.key === key)
    if (found === undefined || found.steps.length === 0) return []
    const curve = { steps: found.steps, values: found.values.map(fromWireNumber) }
    return [{ key, label: key, ...(smoothing > 1 ? smooth(curve, smoothing) : curve) }]
  })
}
