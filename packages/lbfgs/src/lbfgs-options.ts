import { arraySpaceLike } from './array-space-like.ts'
import { requireCount, requireInRange, requireLength } from './parameter-range.ts'
import type { SavedSolver } from './saved-solver.ts'
import type { Tolerance } from './tolerance.ts'
import type { Precision, Vector } from './vector.ts'
import type { VectorSpace } from './vector-space.ts'

/** What L-BFGS takes, whatever its line search and its constraints. */
export interface LbfgsOptions<A extends Vector = Vector> {
  /** Pairs of steps and gradient changes kept, a whole number in [0, ∞). Default 10. */
  readonly memory?: number
  /**
   * `gradient`: absolute, on the largest component; default 1e-6, in f32 1e-4. `f`: relative; default ten roundings of
   * f; 0: off. `x`: relative; default 0: off. See `Status` for the tests.
   */
  readonly tolerance?: Partial<Tolerance>
  /** In [0, ∞], those of a restored state counted. Default 15,000. */
  readonly maxIterations?: number
  /** In [1, ∞], those of a restored state counted; never exceeded, within a line search neither. Default ∞. */
  readonly maxEvaluations?: number
  /** Powell's damping: keeps s'y at least this part of s'Bs, in [0, 1), 0: off; true: 0.2. Default off. Neither with bounds nor l1. */
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

/** The options with their defaults. */
export interface Settings<A extends Vector> {
  readonly n: number
  readonly precision: Precision
  readonly memory: number
  readonly tolerance: Tolerance
  readonly maxIterations: number
  readonly maxEvaluations: number
  /** 0: off. */
  readonly damping: number
  readonly scaling: ArrayLike<number> | undefined
  readonly space: VectorSpace<A>
  readonly state: SavedSolver | undefined
}

/** The options with their defaults. Throws RangeError and TypeError naming what is out of range. */
export function checkOptions<A extends Vector>(x0: A, options: LbfgsOptions<A>): Settings<A> {
  if (!(x0 instanceof Float64Array || x0 instanceof Float32Array)) {
    throw new TypeError('minimize: x0 must be a Float64Array or a Float32Array')
  }
  const n = x0.length
  const precision = x0 instanceof Float64Array ? 'f64' : 'f32'
  const {
    memory = 10,
    maxIterations = 15_000,
    maxEvaluations = Infinity,
    damping = false,
    scaling,
    space = arraySpaceLike(x0),
    state,
  } = options
  requireCount('minimize', 'memory', memory, 0)
  if (maxIterations !== Infinity) requireCount('minimize', 'maxIterations', maxIterations, 0)
  if (maxEvaluations !== Infinity) requireCount('minimize', 'maxEvaluations', maxEvaluations, 1)
  const part = damping === true ? 0.2 : damping === false ? 0 : damping
  requireInRange('minimize', 'damping', part, 0, 1, '[)')
  if (scaling) {
    requireLength('minimize', 'scaling', scaling, n)
    for (let i = 0; i < n; i++) {
      if (scaling[i] > 0 && scaling[i] < Infinity) continue
      throw new RangeError(`minimize: scaling[${i}] must be a number in (0, ∞), got ${scaling[i]}`)
    }
  }
  const tolerance = toleranceOf(options.tolerance, precision)
  return {
    n,
    precision,
    memory,
    tolerance,
    maxIterations,
    maxEvaluations,
    damping: part,
    scaling,
    space,
    state,
  }
}

function toleranceOf(given: Partial<Tolerance> = {}, precision: Precision): Tolerance {
  const [gradient, f] = precision === 'f64' ? [1e-6, 10 * 2 ** -52] : [1e-4, 10 * 2 ** -23]
  const tolerance = { gradient: given.gradient ?? gradient, f: given.f ?? f, x: given.x ?? 0 }
  for (const [name, value] of Object.entries(tolerance)) {
    requireInRange('minimize', `tolerance.${name}`, value, 0, Infinity, '[)')
  }
  return tolerance
}
