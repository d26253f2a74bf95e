import { requireLength } from '../parameter-range.ts'
import type { Vector } from '../vector.ts'

/** Bounds as a caller writes them: one number for all coordinates, one per coordinate, or none on that side. */
export interface BoundsOptions {
  /** Each in [-∞, ∞); default -∞. */
  readonly lower?: number | ArrayLike<number> | undefined
  /** Each in (-∞, ∞], at least `lower`; default ∞. */
  readonly upper?: number | ArrayLike<number> | undefined
}

/** The box l <= x <= u, [n], in the precision of the coordinates. */
export interface Bounds {
  readonly n: number
  readonly precision: 'f64' | 'f32'
  /** l, [n], -Infinity where there is none. */
  readonly lower: Vector
  /** u, [n], Infinity where there is none. */
  readonly upper: Vector
  /** Some bound is finite. */
  readonly constrained: boolean
  /** Every coordinate has two finite bounds. */
  readonly boxed: boolean
  /** x <- min(max(x, l), u), in place; NaN stays. */
  clip(x: Vector): void
  /**
   * max |P(x - g) - x|, P the projection into the box: per coordinate max(x - u, g) where g < 0 and min(x - l, g)
   * where g > 0. Zero exactly at a point that satisfies the first-order conditions; NaN where a g is NaN.
   */
  projectedGradientNorm(x: Vector, g: Vector): number
  /** The largest t >= 0 for which x + t d stays inside (before rounding), Infinity where no bound lies ahead. x inside. */
  largestStep(x: Vector, d: Vector): number
}

/**
 * Checks and normalises bounds for points of n coordinates.
 *
 * In f32 a bound that is no f32 number is rounded into the box, so that no point outside of the given bounds is ever
 * inside; where no f32 number lies between the two, the coordinate is fixed at the nearest one. A lower bound below
 * (an upper bound above) every finite f32 is none.
 *
 * @throws RangeError for a wrong length, NaN, lower = ∞, upper = -∞ or lower > upper, naming the coordinate.
 */
export function createBounds(options: BoundsOptions, n: number, precision: 'f64' | 'f32'): Bounds {
  const lower = sideOf('lower', options.lower, n, -Infinity)
  const upper = sideOf('upper', options.upper, n, Infinity)
  const l = precision === 'f32' ? new Float32Array(n) : new Float64Array(n)
  const u = precision === 'f32' ? new Float32Array(n) : new Float64Array(n)
  let finite = 0
  for (let i = 0; i < n; i++) {
    if (lower[i] > upper[i]) {
      throw new RangeError(`bounds: lower[${i}] must be in [-∞, upper[${i}] = ${upper[i]}], got ${lower[i]}`)
    }
    l[i] = precision === 'f32' ? roundedUp(lower[i]) : lower[i]
    u[i] = precision === 'f32' ? -roundedUp(-upper[i]) : upper[i]
    if (l[i] === Infinity)
      throw new RangeError(`bounds: lower[${i}] must be in [-∞, ${f32Max}] in f32, got ${lower[i]}`)
    if (u[i] === -Infinity)
      throw new RangeError(`bounds: upper[${i}] must be in [${-f32Max}, ∞] in f32, got ${upper[i]}`)
    if (l[i] > u[i]) l[i] = u[i] = lower[i] + (upper[i] - lower[i]) / 2
    if (l[i] > -Infinity) finite++
    if (u[i] < Infinity) finite++
  }
  return {
    n,
    precision,
    lower: l,
    upper: u,
    constrained: finite > 0,
    boxed: finite === 2 * n,
    clip: (x) => clip(l, u, x),
    projectedGradientNorm: (x, g) => projectedGradientNorm(l, u, x, g),
    largestStep: (x, d) => largestStep(l, u, x, d),
  }
}

function clip(l: Vector, u: Vector, x: Vector): void {
  for (let i = 0; i < l.length; i++) {
    if (x[i] < l[i]) x[i] = l[i]
    else if (x[i] > u[i]) x[i] = u[i]
  }
}

function projectedGradientNorm(l: Vector, u: Vector, x: Vector, g: Vector): number {
  let norm = 0
  for (let i = 0; i < l.length; i++) {
    const slope = g[i]
    const size = slope < 0 ? Math.min(u[i] - x[i], -slope) : Math.min(x[i] - l[i], slope)
    // the negation lets a NaN in, and Math.max keeps it
    if (!(size <= norm)) norm = Math.max(norm, size)
  }
  return norm
}

function largestStep(l: Vector, u: Vector, x: Vector, d: Vector): number {
  let step = Infinity
  for (let i = 0; i < l.length; i++) {
    const room = d[i] > 0 ? u[i] - x[i] : x[i] - l[i]
    const speed = Math.abs(d[i])
    if (speed > 0 && room < step * speed) step = Math.max(0, room / speed)
  }
  return step
}

const f32Max = 3.4028234663852886e38
const bits = new Int32Array(1)
const single = new Float32Array(bits.buffer)

/** The smallest f32 number that is at least v; -Infinity below the smallest finite one. */
function roundedUp(v: number): number {
  single[0] = v
  if (!(single[0] < v) || single[0] === -Infinity) return single[0]
  // the next f32 above: larger magnitude bits if positive, smaller if negative
  if (single[0] === 0) bits[0] = 1
  else bits[0] += single[0] > 0 ? 1 : -1
  return single[0]
}

function sideOf(
  name: 'lower' | 'upper',
  side: number | ArrayLike<number> | undefined,
  n: number,
  none: number,
): ArrayLike<number> {
  if (side === undefined || typeof side === 'number') {
    checkBound(name, name, side ?? none)
    return new Float64Array(n).fill(side ?? none)
  }
  if (typeof side !== 'object' || side === null) {
    throw new RangeError(`bounds: ${name} must be a number or an array of numbers, got ${String(side)}`)
  }
  requireLength('bounds', name, side, n)
  for (let i = 0; i < n; i++) checkBound(name, `${name}[${i}]`, side[i])
  return side
}

function checkBound(side: 'lower' | 'upper', name: string, value: number): void {
  const range = side === 'lower' ? '[-∞, ∞)' : '(-∞, ∞]'
  const excluded = side === 'lower' ? Infinity : -Infinity
  if (typeof value !== 'number' || Number.isNaN(value) || value === excluded) {
    throw new RangeError(`bounds: ${name} must be a number in ${range}, got ${String(value)}`)
  }
}
