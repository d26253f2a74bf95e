import type { Curve, StepRange } from './resample.ts'

/** The rectangle that a drawing shows. */
export interface CurveScale extends StepRange {
  readonly min: number
  readonly max: number
  /** Whether values lie above `max`. */
  readonly cut: boolean
}

/** Values above this many times the 95th percentile are cut off: one explosion would flatten all else to a line. */
const explosion = 5

/** The scale that fits all curves, whose values are finite; undefined where there is nothing to draw. */
export function curveScale(curves: readonly Curve[]): CurveScale | undefined {
  const values = curves.flatMap((curve) => curve.values).sort((a, b) => a - b)
  const steps = curves.flatMap((curve) => curve.steps)
  const min = values[0]
  const highest = values.at(-1)
  if (min === undefined || highest === undefined) return undefined
  const starts = curves.flatMap((curve) => curve.values.slice(0, 1))
  const usual = values[Math.floor(0.95 * (values.length - 1))] ?? highest
  const ceiling = Math.max(...starts, explosion * usual)
  const max = usual > 0 ? Math.min(highest, ceiling) : highest
  const range = {
    first: steps.reduce((a, b) => Math.min(a, b)),
    last: steps.reduce((a, b) => Math.max(a, b)),
  }
  // A constant still needs a scale with some height.
  if (max === min) return { ...range, min: min - 0.5, max: max + 0.5, cut: false }
  return { ...range, min, max, cut: highest > max }
}
