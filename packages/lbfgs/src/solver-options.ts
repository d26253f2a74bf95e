import { type Bounds, type BoundsOptions, createBounds } from './box/bounds.ts'
import type { LineSearchChoice } from './line-search/create-line-search.ts'
import type { L1 } from './orthant.ts'
import type { SavedSolver } from './saved-solver.ts'
import type { Tolerance } from './tolerance.ts'
import type { Vector } from './vector.ts'
import type { VectorSpace } from './vector-space.ts'

export interface SolverOptions<A extends Vector = Vector> {
  /** Pairs of steps and gradient changes kept, a whole number in [0, ∞). Default 10. */
  readonly memory?: number
  /**
   * `gradient`: absolute, on the largest component; default 1e-6, in f32 1e-4. `f`: relative; default ten roundings of
   * f; 0: off. `x`: relative; default 0: off. See `Status` for the tests.
   */
  readonly tolerance?: Partial<Tolerance>
  /** In [0, ∞]. Default 15,000. */
  readonly maxIterations?: number
  /** In [1, ∞], never exceeded, within a line search neither. Default ∞. */
  readonly maxEvaluations?: number
  /** A name, a name with options, or a search of your own. Default 'more-thuente' (c1 1e-3 with bounds); with `l1` 'backtracking', the only one. */
  readonly lineSearch?: LineSearchChoice
  /** lower_i <= x_i <= upper_i, ends included: L-BFGS-B. Numbers hold for every coordinate. */
  readonly bounds?: BoundsOptions
  /** Adds strength sum |x_i| over the coordinates of the mask: OWL-QN. Not together with bounds. */
  readonly l1?: L1
  /** Powell's damping: keeps s'y at least this part of s'Bs, in (0, 1); true: 0.2. Default off. Neither with bounds nor l1. */
  readonly damping?: boolean | number
  /**
   * Typical magnitudes of the coordinates, finite and > 0: the search runs in x_i / scaling_i, where `gradientNorm` and
   * the tolerances of gradient and x are measured, too. Not together with l1.
   */
  readonly scaling?: ArrayLike<number>
  /** Where vectors live and what works on them, for the length and type of x0. Default plain loops over arrays. */
  readonly space?: VectorSpace<A>
  /** Goes on from there, bit for bit: a solver of the same kind saved it. `x0` then gives type and length only. */
  readonly state?: SavedSolver
}

/** The options with their defaults. Throws RangeError and TypeError naming what is out of range or excludes another. */
export function checkOptions<A extends Vector>(x0: A, options: SolverOptions<A>): CheckedOptions {
  const { memory = 10, maxIterations = 0, maxEvaluations = 1, bounds, l1, damping = false, scaling } = options
  if (!(x0 instanceof Float64Array || x0 instanceof Float32Array)) {
    throw new TypeError('minimize: x0 must be a Float64Array or a Float32Array')
  }
  const n = x0.length
  const precision = x0 instanceof Float64Array ? 'f64' : 'f32'
  requireCount('memory', memory, 0)
  if (maxIterations !== Number.POSITIVE_INFINITY) requireCount('maxIterations', maxIterations, 0)
  if (maxEvaluations !== Number.POSITIVE_INFINITY) requireCount('maxEvaluations', maxEvaluations, 1)
  const part = damping === true ? 0.2 : damping === false ? 0 : damping
  if (!(part >= 0 && part < 1)) throw new RangeError(`minimize: damping must be in (0, 1), got ${part}`)
  if (l1 && !(l1.strength >= 0 && l1.strength < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`minimize: l1.strength must be in [0, ∞), got ${l1.strength}`)
  }
  if (l1?.mask && l1.mask.length !== n) {
    throw new RangeError(`minimize: l1.mask must have length ${n}, got ${l1.mask.length}`)
  }
  exclude('bounds', bounds, 'l1', l1)
  exclude('damping', damping || undefined, 'bounds', bounds)
  exclude('damping', damping || undefined, 'l1', l1)
  exclude('scaling', scaling, 'l1', l1)
  if (scaling) requireScaling(scaling, n)
  const tolerance = toleranceOf(options.tolerance, precision)
  const box = bounds && createBounds(bounds, n, precision)
  const lineSearch = lineSearchOf(options, precision, box?.constrained ?? false)
  return { n, precision, memory, tolerance, damping: part, scaling, bounds: box, lineSearch }
}

interface CheckedOptions {
  readonly n: number
  readonly precision: 'f32' | 'f64'
  readonly memory: number
  readonly tolerance: Tolerance
  readonly damping: number
  readonly scaling: ArrayLike<number> | undefined
  readonly bounds: Bounds | undefined
  readonly lineSearch: LineSearchChoice
}

function toleranceOf(given: Partial<Tolerance> = {}, precision: 'f32' | 'f64'): Tolerance {
  const [gradient, f] = precision === 'f64' ? [1e-6, 10 * 2 ** -52] : [1e-4, 10 * 2 ** -23]
  const tolerance = { gradient: given.gradient ?? gradient, f: given.f ?? f, x: given.x ?? 0 }
  for (const [name, value] of Object.entries(tolerance)) {
    if (value >= 0 && value < Number.POSITIVE_INFINITY) continue
    throw new RangeError(`minimize: tolerance.${name} must be in [0, ∞), got ${value}`)
  }
  return tolerance
}

function lineSearchOf<A extends Vector>(
  { lineSearch, l1 }: SolverOptions<A>,
  precision: 'f32' | 'f64',
  constrained: boolean,
): LineSearchChoice {
  if (l1 && l1.strength > 0) {
    const name =
      typeof lineSearch === 'string'
        ? lineSearch
        : lineSearch && 'name' in lineSearch
          ? lineSearch.name
          : undefined
    if (lineSearch !== undefined && name !== 'backtracking') {
      throw new TypeError(
        "minimize: with l1 lineSearch must be 'backtracking': others need a slope that l1 does not have",
      )
    }
    return lineSearch ?? 'backtracking'
  }
  // phi(a) - phi(0) is rounding where the default, 1e-6 |phi(0)|, is less than a few roundings of f32.
  if (lineSearch === 'hager-zhang' && precision === 'f32') return { name: lineSearch, epsilon: 10 * 2 ** -23 }
  if (lineSearch !== undefined) return lineSearch
  // As L-BFGS-B: 33 bounded problems from 30 starts each took 1,126 evaluations so, and 1,228 with the search's own 0.2.
  return constrained ? { name: 'more-thuente', c1: 1e-3 } : 'more-thuente'
}

function requireCount(name: string, value: number, least: number): void {
  if (Number.isSafeInteger(value) && value >= least) return
  throw new RangeError(`minimize: ${name} must be a whole number in [${least}, ∞), got ${value}`)
}

function requireScaling(scaling: ArrayLike<number>, n: number): void {
  if (scaling.length !== n)
    throw new RangeError(`minimize: scaling must have length ${n}, got ${scaling.length}`)
  for (let i = 0; i < n; i++) {
    if (scaling[i] > 0 && scaling[i] < Number.POSITIVE_INFINITY) continue
    throw new RangeError(`minimize: scaling[${i}] must be in (0, ∞), got ${scaling[i]}`)
  }
}

function exclude(name: string, one: unknown, otherName: string, other: unknown): void {
  if (one === undefined || other === undefined) return
  throw new TypeError(`minimize: ${name} and ${otherName} exclude each other`)
}
