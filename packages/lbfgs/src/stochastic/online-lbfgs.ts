import { arraySpaceLike } from '../array-space-like.ts'
import type { Vector } from '../vector.ts'
import { atOnce, createOnlineCurvature } from './online-curvature.ts'
import {
  checkedSettings,
  checkedStart,
  checkLearningRate,
  maxRejectedInRow,
  type OnlineOptions,
} from './online-options.ts'
import { restoreOnline, type SavedOnline, savedSettings, saveOnline } from './online-state.ts'

/**
 * Online L-BFGS (oL-BFGS): quasi-Newton steps from batches, two gradients a step, both on the same batch X_t.
 *
 *   p = -H g,   g = gradient(x_t, X_t)
 *   x_t+1 = x_t + eta_t p,   eta_t = eta_0 tau / (tau + t)
 *   s = x_t+1 - x_t,   y = gradient(x_t+1, X_t) - g + lambda s
 *
 * H is the two-loop product of the newest pairs on H_0 = gamma I, gamma = mean of s'y / y'y over them; without pairs
 * H = epsilon I. There is no line search: a batch says little of where the minimum along a line is. A pair is refused
 * unless s'y > roundoff (-s'g), so that the scales of f and x do not matter.
 *
 * Where x, f or a gradient is not finite the last step is taken back, its pair (if it has none yet) is skipped, and the
 * following steps are half as long for each such step in a row.
 *
 * Source: Schraudolph, Yu & Guenter 2007, "A stochastic quasi-Newton method for online convex optimization", AISTATS.
 * Departures: c = 1. The paper divides the step by c and multiplies s s' / s'y by c, which the recursion over pairs
 * cannot do; what is left of c there is a factor of eta_0. epsilon grows while no pair is accepted (online-curvature.ts).
 */
export interface OnlineLbfgs<A extends Vector = Vector> {
  /** Where to evaluate, on which batch; x to be read only, and until the next `tell`. Throws when it has ended. */
  ask(): OnlineRequest<A>
  /**
   * Takes f and its gradient [n] there, the means over the batch. `learningRate` replaces eta_t for the step that the
   * gradient of a new batch makes; with the same batch it is not used.
   */
  tell(f: number, gradient?: ArrayLike<number>, overrides?: { readonly learningRate?: number }): OnlineStatus
  /** Where the gradient at `ask()` can be written, instead of passing one to `tell`. */
  readonly gradient: A
  readonly status: OnlineStatus
  /** One sentence with the numbers behind the status. */
  readonly message: string
  /** The newest point that evaluations were finite at; valid until the next `tell`. */
  readonly x: A
  /** The value measured last at x, of one batch; NaN before the first. */
  readonly f: number
  /** The largest component of the gradient that belongs to `f`. */
  readonly gradientNorm: number
  /** Steps taken, t. */
  readonly steps: number
  /** Gradients told: two a step. */
  readonly evaluations: number
  /** Steps taken back, or batches left, because something was not finite. */
  readonly rejected: number
  /** Pairs in use, and pairs refused so far. */
  readonly pairs: number
  readonly refused: number
  /** eta of the last step; NaN before the first. */
  readonly learningRate: number
  /** All of it as plain data, between any two evaluations; JSON keeps every bit. */
  save(): SavedOnline
}

export interface OnlineRequest<A extends Vector = Vector> {
  readonly x: A
  /** Whether to draw the next batch, or to take the last one again. */
  readonly batch: 'new' | 'same'
  /** How many batches were drawn before this one. */
  readonly index: number
}

/**
 * - `running`: ask again
 * - `non-finite-start`: f or its gradient is not finite at the start
 * - `step-failed`: many times in a row, something was not finite
 *
 * It never says that it has converged: no batch can tell.
 */
export type OnlineStatus = 'running' | 'non-finite-start' | 'step-failed'

/**
 * An optimizer at x0 [n], which is copied. With `state` it goes on from there, bit for bit: x0 gives type and length
 * only, and options that are left out are the saved ones. Throws RangeError and TypeError for options out of range and for a
 * state of another kind.
 *
 * @example
 * const optimizer = createOnlineLbfgs(new Float64Array([3]), { learningRate: 0.5 })
 * for (let i = 0; i < 100; i++) {
 *   const { x, batch } = optimizer.ask() // draw a batch if it is to be new
 *   optimizer.tell((x[0] - 1) ** 2, [2 * (x[0] - 1)])
 * }
 */
export function createOnlineLbfgs<A extends Vector>(
  x0: A,
  options: OnlineOptions<A> & { readonly state?: SavedOnline } = {},
): OnlineLbfgs<A> {
  const { state } = options
  const precision = checkedStart('onlineLbfgs', x0, state === undefined)
  const n = x0.length
  const kind = { algorithm: 'online-lbfgs', precision, length: n } as const
  const saved = state && savedSettings(state, kind, options.memory)
  const settings = checkedSettings('onlineLbfgs', options, precision, saved)
  const space = options.space ?? arraySpaceLike(x0)
  const curvature = createOnlineCurvature(space, settings, 'mean')
  /** x_t with its gradient on the last batch. */
  let current = { x: space.create(), gradient: space.create() }
  /** x_t+1 while it is tried, then the point before the current one. */
  let other = { x: space.create(), gradient: space.create() }
  const direction = space.create()
  const out = new Float64Array(2)
  const coefficients = new Float64Array(2)
  const numbers = {
    steps: 0,
    evaluations: 0,
    batches: 0,
    rejected: 0,
    rejectedInRow: 0,
    /** 1: `other` is the point before the current one. */
    moved: 0,
    learningRate: Number.NaN,
    /** -s'g of the step under trial. */
    promised: 0,
    f: Number.NaN,
    gradientNorm: Number.NaN,
    otherF: Number.NaN,
    otherGradientNorm: Number.NaN,
  }
  const memory = {
    phase: 'new' as 'new' | 'same',
    status: 'running' as OnlineStatus,
    message: 'it is running',
    settings,
    numbers,
    get vectors() {
      return [current.x, current.gradient, other.x]
    },
    curvature,
  }
  current.x.set(x0)
  if (state) restoreOnline(state, kind, memory, ['new', 'same'])

  function asked(): { readonly x: A; readonly gradient: A } {
    return memory.phase === 'new' ? current : other
  }

  function swap(): void {
    ;[current, other] = [other, current]
    ;[numbers.f, numbers.otherF] = [numbers.otherF, numbers.f]
    ;[numbers.gradientNorm, numbers.otherGradientNorm] = [numbers.otherGradientNorm, numbers.gradientNorm]
  }

  function end(status: OnlineStatus, message: string): void {
    Object.assign(memory, { status, message })
  }

  function reject(f: number): void {
    if (numbers.evaluations === 1) {
      end('non-finite-start', `f or its gradient is not finite at the start: f = ${f}`)
      return
    }
    numbers.rejected++
    numbers.rejectedInRow++
    if (memory.phase === 'new' && numbers.moved === 1) swap()
    numbers.moved = 0
    nextBatch()
    if (numbers.rejectedInRow < maxRejectedInRow) return
    end('step-failed', `x, f or its gradient is not finite, ${maxRejectedInRow} times in a row; f = ${f}`)
  }

  function nextBatch(): void {
    memory.phase = 'new'
    numbers.batches++
  }

  /** x_t+1 = x_t + eta p. */
  function step(f: number, gradientNorm: number, learningRate: number | undefined): void {
    Object.assign(numbers, { f, gradientNorm })
    if (numbers.moved === 1) numbers.rejectedInRow = 0
    const slope = curvature.direct(current.gradient, direction)
    if (slope === 0) {
      nextBatch()
      return
    }
    const scheduled = learningRate ?? settings.learningRate / (1 + numbers.steps / settings.decaySteps)
    const rate = scheduled * 2 ** -numbers.rejectedInRow
    coefficients[0] = 1
    coefficients[1] = rate
    space.combine(coefficients, [current.x, direction], 2, other.x)
    numbers.learningRate = rate
    numbers.promised = -rate * slope
    memory.phase = 'same'
  }

  function arrive(f: number, gradientNorm: number): void {
    Object.assign(numbers, { otherF: f, otherGradientNorm: gradientNorm })
    curvature.offer(
      { from: current.x, to: other.x },
      { from: current.gradient, to: other.gradient },
      space.epsilon * numbers.promised,
    )
    swap()
    numbers.steps++
    numbers.moved = 1
    nextBatch()
  }

  return {
    ask() {
      if (memory.status !== 'running') throw new Error(`ask: it has ended with ${memory.status}`)
      return { x: asked().x, batch: memory.phase, index: numbers.batches }
    },
    tell(f, gradient, { learningRate } = {}) {
      if (memory.status !== 'running') throw new Error(`tell: it has ended with ${memory.status}`)
      if (gradient !== undefined && gradient.length !== n) {
        throw new RangeError(`tell: gradient must have length ${n}, got ${gradient.length}`)
      }
      if (learningRate !== undefined) checkLearningRate('tell', learningRate)
      const point = asked()
      if (gradient !== undefined && gradient !== point.gradient) point.gradient.set(gradient)
      numbers.evaluations++
      atOnce(space.measure(point.gradient, point.gradient, out))
      const gradientNorm = out[1]
      atOnce(space.measure(point.x, point.x, out))
      if (!(Number.isFinite(f) && Number.isFinite(gradientNorm) && Number.isFinite(out[1]))) reject(f)
      else if (memory.phase === 'new') step(f, gradientNorm, learningRate)
      else arrive(f, gradientNorm)
      return memory.status
    },
    get gradient() {
      return asked().gradient
    },
    get status() {
      return memory.status
    },
    get message() {
      return memory.message
    },
    get x() {
      return current.x
    },
    get f() {
      return numbers.f
    },
    get gradientNorm() {
      return numbers.gradientNorm
    },
    get steps() {
      return numbers.steps
    },
    get evaluations() {
      return numbers.evaluations
    },
    get rejected() {
      return numbers.rejected
    },
    get pairs() {
      return curvature.history.count
    },
    get refused() {
      return curvature.refused
    },
    get learningRate() {
      return numbers.learningRate
    },
    save: () => saveOnline(kind, memory),
  }
}
