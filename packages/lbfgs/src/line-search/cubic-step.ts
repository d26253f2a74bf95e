/**
 * Minimiser of the cubic with values and slopes at `a` and `b`; NaN where it has none.
 *
 *   d1 = s_a + s_b - 3 (v_a - v_b) / (a - b),   d2 = sign(b - a) sqrt(d1^2 - s_a s_b)
 *   b - (b - a) (s_b + d2 - d1) / (s_b - s_a + 2 d2)
 *
 * Source: Nocedal & Wright 2006, (3.59); the root scaled against overflow.
 */
export const cubicMinimum = (
  a: number,
  valueA: number,
  slopeA: number,
  b: number,
  valueB: number,
  slopeB: number,
): number => {
  const d1 = slopeA + slopeB - (3 * (valueA - valueB)) / (a - b)
  const scale = Math.max(Math.abs(d1), Math.abs(slopeA), Math.abs(slopeB))
  const ratio = d1 / scale
  const root = scale * Math.sqrt(ratio * ratio - (slopeA / scale) * (slopeB / scale))
  const d2 = b > a ? root : -root
  return b - ((b - a) * (slopeB + d2 - d1)) / (slopeB - slopeA + 2 * d2)
}

/** A bracket, in either order, with what is known at its ends, and its widths one and two trials ago. */
export type Bracket = {
  low: number
  lowValue: number
  lowSlope: number
  high: number
  highValue: number
  highSlope: number
  width: number
  widthBefore: number
}

export const emptyBracket: Bracket = {
  low: 0,
  lowValue: 0,
  lowSlope: 0,
  high: 0,
  highValue: 0,
  highSlope: 0,
  width: Infinity,
  widthBefore: Infinity,
}

/**
 * Next trial in a bracket: the minimiser of its cubic, no closer to an end than .1 of the width; half way where the
 * cubic has none or where two trials left more than .66 of the width.
 */
export const bracketStep = (bracket: Bracket): number => {
  const { low, high } = bracket
  const width = Math.abs(high - low)
  const slow = width > 0.66 * bracket.widthBefore
  bracket.widthBefore = bracket.width
  bracket.width = width
  const cubic = cubicMinimum(
    low,
    bracket.lowValue,
    bracket.lowSlope,
    high,
    bracket.highValue,
    bracket.highSlope,
  )
  if (slow || Number.isNaN(cubic)) return low + 0.5 * (high - low)
  const lower = Math.min(low, high) + 0.1 * width
  return Math.max(lower, Math.min(Math.max(low, high) - 0.1 * width, cubic))
}

/** Forgets the widths: the next bracket is a new one. */
export const forgetWidths = (bracket: Bracket): void => {
  bracket.width = Infinity
  bracket.widthBefore = Infinity
}
