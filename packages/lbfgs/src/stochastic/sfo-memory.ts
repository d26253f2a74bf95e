import { addRow, createOrthonormalRows, type OrthonormalRows } from './orthonormal-rows.ts'
import type { SfoSettings } from './sfo-options.ts'
import { createSubspace, type Subspace } from './subspace.ts'
import { createSumModel, type SumModel, turnCoordinates } from './sum-model.ts'

/**
 * - `running`: ask again
 * - `converged`: all sub-functions were evaluated at x, and the sum of their gradients is at most `tolerance` long
 * - `non-finite-start`: a sub-function is NaN or infinite at the start
 * - `step-failed`: 40 steps in a row went up
 */
export type SfoStatus = 'running' | 'converged' | 'non-finite-start' | 'step-failed'

/**
 * What is evaluated next: a new point, the point before a step that went up, one closer to it, x0 again, or the rest of
 * the sub-functions at a point that may be the minimum.
 */
export type SfoPhase = 'step' | 'previous' | 'shrink' | 'start' | 'verify'

/** Everything that an optimizer knows, and the arrays it works in. M coordinates, K = `model.stride` in the subspace. */
export interface SfoMemory extends SfoScalars {
  readonly settings: SfoSettings
  readonly model: SumModel
  readonly subspace: Subspace
  /** The newest point, the one before it, and x0 [M]. */
  readonly x: Float64Array
  readonly previous: Float64Array
  readonly start: Float64Array
  /** Coordinates [K] of x, of `previous`, and of the gradients at a failed trial and before it. */
  readonly position: Float64Array
  readonly previousPosition: Float64Array
  readonly trialGradient: Float64Array
  readonly previousGradient: Float64Array
  /** 1 for sub-functions evaluated at the x that is being checked [N]. */
  readonly verified: Float64Array
  /** Work: a gradient, a step, another vector [K], the factor of the Hessian [K, K], the rows of a collapse. */
  readonly gradient: Float64Array
  readonly step: Float64Array
  readonly work: Float64Array
  readonly factor: Float64Array
  readonly span: OrthonormalRows
  phase: SfoPhase
  status: SfoStatus
}

/** The numbers of the state. */
export interface SfoScalars {
  /** The sub-function asked for. */
  index: number
  evaluations: number
  /** The state of the generator, and where the cyclic order stands. */
  random: number
  cyclic: number
  /** 1 once a gradient that is not zero has set the first curvature. */
  hasScale: number
  /** eta */
  stepScale: number
  /** Steps since a sub-function was added, records since the Hessian was summed afresh. */
  sinceGrowth: number
  sinceRebuild: number
  failuresInRow: number
  /** Steps in a row at which the model's gradient was within the tolerance. */
  calm: number
  /** Length of the path so far. */
  distance: number
  /** The decrease of the sum that the model expects of the last step. */
  predictedGain: number
  /** Values at a failed trial and before it, Infinity where not finite; how often the trial has come closer. */
  trialValue: number
  previousValue: number
  shrinks: number
  gradientNorm: number
}

/** Room for the pairs where sub-functions are few. */
const fewestDirections = 64

export function createSfoMemory(settings: SfoSettings): SfoMemory {
  const { dimension, count, memory, update } = settings
  // The last gradients and positions, and the four vectors that are under way; more where that leaves few.
  const directions = Math.max(2 * count + 4, fewestDirections)
  const capacity = Math.min(Math.ceil(1.5 * directions), dimension)
  return {
    settings,
    model: createSumModel(count, capacity, memory, update),
    subspace: createSubspace(dimension, capacity),
    x: new Float64Array(dimension),
    previous: new Float64Array(dimension),
    start: new Float64Array(dimension),
    position: new Float64Array(capacity),
    previousPosition: new Float64Array(capacity),
    trialGradient: new Float64Array(capacity),
    previousGradient: new Float64Array(capacity),
    verified: new Float64Array(count),
    gradient: new Float64Array(capacity),
    step: new Float64Array(capacity),
    work: new Float64Array(capacity),
    factor: new Float64Array(capacity * capacity),
    span: createOrthonormalRows(directions, capacity),
    phase: 'step',
    status: 'running',
    index: 0,
    evaluations: 0,
    random: settings.seed,
    cyclic: 0,
    hasScale: 0,
    stepScale: 1,
    sinceGrowth: 0,
    sinceRebuild: 0,
    failuresInRow: 0,
    calm: 0,
    distance: 0,
    predictedGain: 0,
    trialValue: 0,
    previousValue: 0,
    shrinks: 0,
    gradientNorm: Infinity,
  }
}

/** The coordinates of a vector [M]: adds a direction for it, after a collapse if there is no room. */
export function include(memory: SfoMemory, vector: Float64Array, coordinates: Float64Array): void {
  const { subspace, model } = memory
  if (subspace.isFull()) collapse(memory)
  subspace.include(vector, coordinates)
  model.size = subspace.size
}

/** Records the value and gradient of the sub-function asked for at a point, all in coordinates. */
export function record(
  memory: SfoMemory,
  value: number,
  position: Float64Array,
  gradient: Float64Array,
): void {
  memory.model.record(memory.index, value, position, gradient, lengthScale(memory))
}

/** What lengths are relative to: that of x, at least 1. */
export function lengthScale({ position }: SfoMemory): number {
  return Math.max(1, norm(position))
}

export function norm(vector: Float64Array): number {
  return Math.sqrt(squaredNorm(vector, vector.length))
}

/** Of the first `length` numbers. */
export function squaredNorm(vector: Float64Array, length: number): number {
  let sum = 0
  for (let k = 0; k < length; k++) sum += vector[k] * vector[k]
  return sum
}

/** Leaves only the span of what is under way, the last gradients and positions, and the newest pairs that fit. */
function collapse(memory: SfoMemory): void {
  const { model, subspace, span, x, previous, position, previousPosition } = memory
  const { size, stride } = model
  const underWay = [memory.trialGradient, memory.previousGradient]
  span.count = 0
  for (const vector of [position, previousPosition, ...underWay]) addRow(span, vector, 0, size)
  model.span(span)
  const { rows, count } = span
  for (const vector of underWay) turnCoordinates(vector, 0, size, rows, count, stride, memory.work)
  subspace.turn(rows, count, stride)
  model.turn(rows, count)
  position.fill(0)
  previousPosition.fill(0)
  subspace.project(x, position)
  subspace.project(previous, previousPosition)
}
