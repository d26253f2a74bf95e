import { createCore } from './core.ts'
import type { Geometry } from './geometry.ts'
import type { Settings } from './lbfgs-options.ts'
import type { LineSearch } from './line-search/line-search.ts'
import { checksum, restoreCore, type SavedSolver, saveCore } from './saved-solver.ts'
import type { Status } from './status.ts'
import type { Vector } from './vector.ts'

/** What a minimisation came to. `f` is the value at `x`, bit for bit. */
export interface Result<A extends Vector = Vector> {
  readonly x: A
  /** Includes the L1 penalty; NaN before the first evaluation. */
  readonly f: number
  /** The largest component of the gradient at x, projected on the bounds; of the pseudo-gradient with l1. */
  readonly gradientNorm: number
  readonly status: Status
  /** One sentence with the numbers behind the status. */
  readonly message: string
  readonly iterations: number
  readonly evaluations: number
  /** To go on from with `options.state`; made when it is read. */
  readonly state: SavedSolver
}

/** A minimiser that asks where to evaluate and is told the result. */
export interface Solver<A extends Vector = Vector> {
  readonly status: Status | 'running'
  readonly iterations: number
  readonly evaluations: number
  /** The last accepted point: the iterate. Valid until the next `tell`. */
  readonly current: { readonly x: A; readonly f: number; readonly gradientNorm: number }
  /** Where the gradient at `ask()` can be written, instead of passing one to `tell`; always the same array. */
  readonly gradient: A
  /** Where to evaluate f and its gradient; to be read only, and until the next `tell`. Throws when it has ended. */
  ask(): A
  /** Takes f and its gradient there. What is not finite is rejected, and a shorter step tried. */
  tell(f: number, gradient?: ArrayLike<number>): Status | 'running'
  /** Ends it from outside. */
  stop(status: 'stopped' | 'aborted' | 'max-time', message: string): void
  /** The best known point and why it ended. Throws while it is running. */
  result(): Result<A>
  /** All of it as plain data, between any two evaluations; JSON keeps every bit. */
  save(): SavedSolver
}

/** What a solver is made of, beside its settings. */
export interface SolverParts<A extends Vector> {
  readonly geometry: Geometry<A>
  readonly lineSearch: LineSearch
  /** Puts a point in the caller's units inside the bounds, to the bit. */
  readonly clip?: ((x: A) => void) | undefined
  /** What f and x mean under: lower bounds, upper bounds, strength and mask of l1, each empty where there is none. */
  readonly terms?: readonly ArrayLike<number | boolean>[]
}

/** The solver of these parts: the core, and around it the caller's units, ask and tell, and what is saved. */
export function assembleSolver<A extends Vector>(
  x0: A,
  settings: Settings<A>,
  { geometry, lineSearch, clip, terms = [[], [], [], []] }: SolverParts<A>,
): Solver<A> {
  const { n, precision, memory, scaling, space, state } = settings
  const start = space.create()
  start.set(x0)
  if (scaling) for (let i = 0; i < n; i++) start[i] /= scaling[i]
  const core = createCore(start, { ...settings, geometry, lineSearch })
  const kind = {
    method: geometry.name,
    precision,
    length: n,
    memory,
    lineSearch: lineSearch.name ?? 'own',
    terms: checksum([...terms, scaling ?? []]),
  }
  if (state) restoreCore(core, state, kind)
  const outside = scaling && { x: space.create(), accepted: space.create() }
  /** The caller's, and always the same: the core's points change places. */
  const written = space.create()
  // What the objective leaves out of its first gradient is not 0: nothing would look steep.
  if (!state) for (const gradient of [written, core.trial.gradient]) gradient.fill(NaN)
  /** A restored solver may have asked before it was saved. */
  let asked = state !== undefined

  /** x in the caller's units: inside the bounds to the bit, whatever the rounding of the scaling. */
  function unscale(x: A, into: A): A {
    if (!scaling) return x
    for (let i = 0; i < n; i++) into[i] = x[i] * scaling[i]
    clip?.(into)
    return into
  }

  const solver: Solver<A> = {
    get status() {
      return core.status
    },
    get iterations() {
      return core.iterations
    },
    get evaluations() {
      return core.evaluations
    },
    get current() {
      const { x, f, gradientNorm } = core.current
      return { x: outside ? unscale(x, outside.accepted) : x, f, gradientNorm }
    },
    gradient: written,
    ask() {
      if (core.status !== 'running') throw new Error(`ask: it has ended with ${core.status}`)
      asked = true
      return outside ? unscale(core.trial.x, outside.x) : core.trial.x
    },
    tell(f, gradient = written) {
      const { trial } = core
      if (typeof f !== 'number') {
        throw new TypeError(`tell: f must be a number, got ${typeof f}; minimizeAsync takes promises`)
      }
      if (gradient.length !== n) {
        throw new RangeError(`tell: gradient must have length ${n}, got ${gradient.length}`)
      }
      if (core.status === 'running' && !asked) throw new Error('tell: ask first')
      asked = false
      if (gradient !== trial.gradient) trial.gradient.set(gradient)
      if (scaling) for (let i = 0; i < n; i++) trial.gradient[i] *= scaling[i]
      if (core.tell(f) !== undefined) throw new TypeError('createSolver: space must answer at once')
      return core.status
    },
    stop: (status, message) => core.end(status, message),
    result() {
      const { status, message, iterations, evaluations } = core
      if (status === 'running') throw new Error('result: it is still running')
      const { x, f, gradientNorm } = core.result
      const copy = x0.slice() as A
      copy.set(outside ? unscale(x, outside.accepted) : x)
      const result = { x: copy, f, gradientNorm, status, message, iterations, evaluations }
      // Not enumerable: writing a result as JSON does not write the whole solver.
      return Object.defineProperty(result, 'state', { get: () => saveCore(core, kind) }) as Result<A>
    },
    save: () => saveCore(core, kind),
  }
  trialGradients.set(solver, () => core.trial.gradient)
  return solver
}

/** For drivers of this package: where the gradient of the next trial goes without a copy, another place every time. */
export function trialGradientOf<A extends Vector>(solver: Solver<A>): () => A {
  const known = trialGradients.get(solver)
  return known === undefined ? () => solver.gradient : (known as () => A)
}

const trialGradients = new WeakMap<object, () => Vector>()
