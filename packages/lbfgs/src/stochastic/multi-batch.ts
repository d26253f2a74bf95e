import { arraySpaceLike } from '../array-space-like.ts'
import type { Vector } from '../vector.ts'
import { checkedMultiBatch, type MultiBatchOptions } from './multi-batch-options.ts'
import { drawSamples } from './multi-batch-sample.ts'
import {
  type MultiBatchMemory,
  type Part,
  restoreMultiBatch,
  type SavedMultiBatch,
  saveMultiBatch,
} from './multi-batch-state.ts'
import { atOnce, createOnlineCurvature } from './online-curvature.ts'
import type { OnlineStatus } from './online-lbfgs.ts'
import { checkLearningRate, maxRejectedInRow } from './online-options.ts'

/**
 * Multi-batch L-BFGS: quasi-Newton steps from batches S_k of which successive ones share samples, O_k = S_k and S_k+1.
 *
 *   x_k+1 = x_k - eta_k H_k gradient(x_k, S_k),   eta_k = eta_0 tau / (tau + k)
 *   s = x_k+1 - x_k,   y = gradient(x_k+1, O_k) - gradient(x_k, O_k) + lambda s
 *
 * The gradient is the same function at both ends of y, so that y tells curvature and not the difference of two batches.
 * S_k is evaluated in three parts, O_k-1, samples of its own, and O_k, each once: pairs cost nothing. With `overlap:
 * 'full'`, O_k = S_k is evaluated at both points and S_k+1 is drawn anew: twice the gradients.
 *
 * H is the two-loop product of the newest pairs on H_0 = gamma I, gamma = s'y / y'y of the newest. A pair is refused unless
 * s'y > 0.01 s'B s, where B s = -eta gradient(x_k, S_k) as H is exact on it. Non-finite values are treated as in online
 * L-BFGS; a step that is taken back leaves its batch, and the next has no overlap.
 *
 * Source: Berahas, Nocedal & Takac 2016, "A multi-batch L-BFGS method for machine learning", arXiv:1605.06049; the skipping
 * rule as in the PyTorch-LBFGS of Shi & Mudigere. Departures: samples are drawn without replacement within a batch but
 * not over a pass; the first step is epsilon long, and its pair needs s'y > roundoff (-s'g) only, as no B is known then.
 */
export interface MultiBatch<A extends Vector = Vector> {
  /** Where to evaluate the mean over which samples; to be read only, and until the next `tell`. Throws when it has ended. */
  ask(): { readonly indices: Uint32Array; readonly x: A }
  /** Takes f and its gradient [n] there. `learningRate` replaces eta_k if this evaluation makes the step. */
  tell(f: number, gradient?: ArrayLike<number>, overrides?: { readonly learningRate?: number }): OnlineStatus
  /** Where the gradient at `ask()` can be written, instead of passing one to `tell`. */
  readonly gradient: A
  readonly status: OnlineStatus
  /** One sentence with the numbers behind the status. */
  readonly message: string
  /** The newest point that a whole batch was finite at; valid until the next `tell`. */
  readonly x: A
  /** The mean over that batch; NaN before the first is complete. */
  readonly f: number
  /** The largest component of the gradient that belongs to `f`. */
  readonly gradientNorm: number
  /** Steps made, k, also of those that were taken back. */
  readonly steps: number
  readonly evaluations: number
  /** Gradients of single samples so far. */
  readonly sampleGradients: number
  /** Steps taken back, or batches left, because something was not finite. */
  readonly rejected: number
  /** Pairs in use, and pairs refused so far. */
  readonly pairs: number
  readonly refused: number
  /** eta of the last step; NaN before the first. */
  readonly learningRate: number
  /** All of it as plain data, between any two evaluations; JSON keeps every bit. */
  save(): SavedMultiBatch
}

/**
 * An optimizer at x0 [n], which is copied, for the mean over `options.count` samples. With `state` it goes on from there,
 * bit for bit: x0 gives type and length only, and options that are left out are the saved ones. Throws RangeError and TypeError
 * for options out of range and for a state of another kind.
 *
 * @example
 * const optimizer = createMultiBatch(x0, { count: 60_000, batchSize: 2_000 })
 * while (optimizer.sampleGradients < 600_000 && optimizer.status === 'running') {
 *   const { indices, x } = optimizer.ask()
 *   optimizer.tell(meanLoss(indices, x, optimizer.gradient))
 * }
 */
export function createMultiBatch<A extends Vector>(
  x0: A,
  options: MultiBatchOptions<A> & { readonly state?: SavedMultiBatch },
): MultiBatch<A> {
  const { settings, kind } = checkedMultiBatch(x0, options)
  const { count, batchSize, overlapSize } = settings
  const full = overlapSize === batchSize
  const n = x0.length
  const space = options.space ?? arraySpaceLike(x0)
  const curvature = createOnlineCurvature(space, settings, 'newest')
  /** The newest point that was evaluated on a whole batch. */
  let current = space.create()
  /** The point under evaluation, one step further. */
  let trial = space.create()
  /** gradient(current, O_k); replaced at `trial` by that of the next overlap. */
  const overlapGradient = space.create()
  const batchGradient = space.create()
  const gradient = space.create()
  const direction = space.create()
  const out = new Float64Array(2)
  const coefficients = new Float64Array(2)
  const numbers = {
    steps: 0,
    evaluations: 0,
    sampleGradients: 0,
    rejected: 0,
    rejectedInRow: 0,
    random: settings.seed,
    /** 1: `trial` is a step away from `current`. */
    moved: 0,
    learningRate: Number.NaN,
    /** What s'y of the step under trial must exceed for its pair. */
    least: 0,
    f: Number.NaN,
    gradientNorm: Number.NaN,
    /** Samples of the batch evaluated so far, and their sum of f over the size of the batch. */
    covered: 0,
    partialF: 0,
  }
  const memory: MultiBatchMemory<A> & { phase: Part; status: OnlineStatus } = {
    phase: 'own',
    status: 'running',
    message: 'it is running',
    settings,
    numbers,
    get vectors() {
      return [current, trial, overlapGradient, batchGradient]
    },
    curvature,
    /** O_k-1, the samples of this batch alone, and O_k; with full overlap the last batch, this one, and none. */
    parts: { before: none, own: none, after: none },
  }
  if (options.state) {
    restoreMultiBatch(options.state, kind, memory)
  } else {
    current.set(x0)
    trial.set(x0)
    drawBatch(none)
  }

  function drawBatch(before: Uint32Array): void {
    const kept = full ? none : before
    const { samples, state } = drawSamples(numbers.random, count, batchSize - kept.length, kept)
    numbers.random = state
    const end = full ? samples.length : samples.length - overlapSize
    memory.parts = { before, own: samples.subarray(0, end), after: samples.subarray(end) }
    numbers.covered = 0
    numbers.partialF = 0
    memory.phase = before.length > 0 ? 'before' : 'own'
    if (memory.parts[memory.phase].length === 0) memory.phase = 'after'
  }

  /** The part after this one, if it is not the last. */
  function nextPart(): Part | undefined {
    const { own, after } = memory.parts
    if (memory.phase === 'before' && own.length > 0) return 'own'
    return memory.phase !== 'after' && after.length > 0 ? 'after' : undefined
  }

  /** Adds the part's share to the mean over the batch. */
  function add(f: number, samples: number): void {
    const share = samples / batchSize
    const first = numbers.covered === 0
    coefficients[0] = first ? share : 1
    coefficients[1] = share
    space.combine(coefficients, first ? [gradient] : [batchGradient, gradient], first ? 1 : 2, batchGradient)
    numbers.partialF += share * f
    numbers.covered += samples
  }

  function take(f: number, learningRate: number | undefined): void {
    const { phase, parts } = memory
    if (phase === 'before') {
      const change = { from: overlapGradient, to: gradient }
      curvature.offer({ from: current, to: trial }, change, numbers.least)
    }
    if (phase !== 'before' || !full) add(f, parts[phase].length)
    const next = nextPart()
    if (next === undefined) space.copy(full ? batchGradient : gradient, overlapGradient)
    if (next === undefined) arrive(learningRate)
    else memory.phase = next
  }

  /** A batch is complete: the point holds, and the next step begins. */
  function arrive(learningRate: number | undefined): void {
    ;[current, trial] = [trial, current]
    atOnce(space.measure(batchGradient, batchGradient, out))
    numbers.f = numbers.partialF
    numbers.gradientNorm = out[1]
    if (numbers.moved === 1) numbers.rejectedInRow = 0
    const slope = curvature.direct(batchGradient, direction)
    if (slope === 0) {
      stay()
      return
    }
    const scheduled = learningRate ?? settings.learningRate / (1 + numbers.steps / settings.decaySteps)
    const rate = scheduled * 2 ** -numbers.rejectedInRow
    coefficients[0] = 1
    coefficients[1] = rate
    space.combine(coefficients, [current, direction], 2, trial)
    const sBs = -rate * rate * slope
    numbers.least = curvature.history.count === 0 ? -space.epsilon * rate * slope : leastCurvature * sBs
    numbers.learningRate = rate
    numbers.moved = 1
    numbers.steps++
    drawBatch(full ? memory.parts.own : memory.parts.after)
  }

  /** Another batch at the same point. */
  function stay(): void {
    space.copy(current, trial)
    numbers.moved = 0
    drawBatch(none)
  }

  function reject(f: number): void {
    if (Number.isNaN(numbers.f)) {
      const message = `f or its gradient is not finite at the start: f = ${f}`
      Object.assign(memory, { status: 'non-finite-start', message })
      return
    }
    numbers.rejected++
    numbers.rejectedInRow++
    stay()
    if (numbers.rejectedInRow < maxRejectedInRow) return
    const message = `x, f or its gradient is not finite, ${maxRejectedInRow} times in a row; f = ${f}`
    Object.assign(memory, { status: 'step-failed', message })
  }

  return {
    ask() {
      if (memory.status !== 'running') throw new Error(`ask: it has ended with ${memory.status}`)
      return { indices: memory.parts[memory.phase], x: trial }
    },
    tell(f, given, { learningRate } = {}) {
      if (memory.status !== 'running') throw new Error(`tell: it has ended with ${memory.status}`)
      if (given !== undefined && given.length !== n) {
        throw new RangeError(`tell: gradient must have length ${n}, got ${given.length}`)
      }
      if (learningRate !== undefined) checkLearningRate('tell', learningRate)
      if (given !== undefined && given !== gradient) gradient.set(given)
      numbers.evaluations++
      numbers.sampleGradients += memory.parts[memory.phase].length
      atOnce(space.measure(gradient, gradient, out))
      const gradientNorm = out[1]
      atOnce(space.measure(trial, trial, out))
      const finite = Number.isFinite(f) && Number.isFinite(gradientNorm) && Number.isFinite(out[1])
      if (finite) take(f, learningRate)
      else reject(f)
      return memory.status
    },
    gradient,
    get status() {
      return memory.status
    },
    get message() {
      return memory.message
    },
    get x() {
      return current
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
    get sampleGradients() {
      return numbers.sampleGradients
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
    save: () => saveMultiBatch(kind, settings, memory),
  }
}

const none = new Uint32Array(0)
const leastCurvature = 0.01
