import { chooseInactive, chooseIndex } from './sfo-choice.ts'
import { createSfoMemory, include, record, type SfoMemory, type SfoStatus } from './sfo-memory.ts'
import { checkedOptions, type SfoOptions } from './sfo-options.ts'
import { comparePrevious, compareShrunk, isSuspicious, suspect } from './sfo-recovery.ts'
import { restoredSettings, restoreInto, type SavedSfo, saveSfo } from './sfo-state.ts'
import { proceed, verify } from './sfo-step.ts'

/**
 * SFO, the Sum of Functions Optimizer: minimises F(x) = sum_i f_i(x) from one f_i at a time, without a step size.
 *
 *   x <- x - eta B^-1 G'(x)
 *
 * G is the sum of a quadratic model of every f_i around the point where it was evaluated last, B = sum_i B_i its
 * Hessian (sum-model.ts), B_i a quasi-Newton fit to the last `memory` pairs of f_i alone (curvature.ts). All of it
 * lives in a subspace of at most max(3 N + 6, 96) directions; when full it collapses onto the last gradients and
 * positions. eta is 1 but after failed steps. f_i must be the same function every time.
 *
 * Time a step and memory: O(M N) for M coordinates and N sub-functions, plus O(N^3).
 *
 * Source: Sohl-Dickstein, Poole & Ganguli 2014, arXiv:1311.2115.
 * Departures:
 * - lengths are relative, to that of x or 1, and the first curvature to the gradient, where the published method has
 *   absolute constants, so that scaling every f_i by one factor changes nothing
 * - no step is too short, but differences too short to trust make no pair
 * - the subspace keeps at least 64 directions, with the newest pairs where the published one has random vectors
 * - a first value counts as suspicious only once three others are known
 * - without a usable pair after two evaluations, f_i counts for a tenth of the typical curvature
 * - where f_i is finite at neither end of a step, x goes back to its last finite point or the start
 * - a minimum is checked: all sub-functions are evaluated there
 */
export interface Sfo {
  /** Which sub-function to evaluate, and where. x is the optimizer's own array: read it only, until the next `tell`. */
  ask(): { readonly index: number; readonly x: Float64Array }
  /** Takes f_index(x) and its gradient [M]. Throws RangeError for another length, and once it has ended. */
  tell(value: number, gradient: Float64Array): SfoStatus
  readonly status: SfoStatus
  /** Evaluations so far, those of failed steps and of checks included. */
  readonly evaluations: number
  /** The newest point that no evaluation speaks against; its own array, like that of `ask`. */
  readonly x: Float64Array
  /**
   * N times the mean of the values measured last, one for each sub-function seen so far, each where it was measured:
   * F(x) itself once the status is 'converged', an estimate before that. NaN before the first value.
   */
  readonly f: number
  /** The length of G'(x), which is F'(x) once the status is 'converged'; Infinity while a sub-function is unknown. */
  readonly gradientNorm: number
  /** The number of sub-functions that take part. */
  readonly active: number
  /** All that it knows, as plain data; throws RangeError for more than 2^25 coordinates. */
  save(): SavedSfo
}

/**
 * An optimizer that starts at x0 [M], which is copied, for `count` sub-functions; at least 25 are advised. Throws
 * RangeError for what is out of range.
 */
export function createSfo(x0: Float64Array, count: number, options: SfoOptions = {}): Sfo {
  const memory = createSfoMemory(checkedOptions(x0, count, options))
  const { model, settings } = memory
  for (const point of [memory.x, memory.previous, memory.start]) point.set(x0)
  include(memory, x0, memory.position)
  memory.previousPosition.set(memory.position)
  if (settings.start === 'all') model.active.fill(1)
  else for (let i = 0; i < Math.min(2, count); i++) model.active[chooseInactive(memory)] = 1
  memory.index = chooseIndex(memory)
  return sfoOf(memory)
}

/** Goes on from there, bit for bit. Throws TypeError for what `save` cannot have made. */
export function restoreSfo(saved: SavedSfo): Sfo {
  const memory = createSfoMemory(restoredSettings(saved))
  restoreInto(saved, memory)
  return sfoOf(memory)
}

function sfoOf(memory: SfoMemory): Sfo {
  const { model, x, previous } = memory
  return {
    ask: () => ({ index: memory.index, x: memory.phase === 'previous' ? previous : x }),
    tell: (value, gradient) => tell(memory, value, gradient),
    get status() {
      return memory.status
    },
    get evaluations() {
      return memory.evaluations
    },
    get x() {
      return memory.phase === 'previous' || memory.phase === 'shrink' ? previous : x
    },
    get f() {
      const values = model.values.filter((_, i) => model.known[i] === 1)
      const sum = values.reduce((total, value) => total + value, 0)
      return values.length === model.count ? sum : (sum / values.length) * model.count
    },
    get gradientNorm() {
      return memory.gradientNorm
    },
    get active() {
      return model.active.reduce((sum, each) => sum + each, 0)
    },
    save: () => saveSfo(memory),
  }
}

function tell(memory: SfoMemory, value: number, given: Float64Array): SfoStatus {
  const { dimension } = memory.settings
  if (given.length !== dimension) {
    throw new RangeError(`sfo: gradient must have ${dimension} numbers, got ${given.length}`)
  }
  if (memory.status !== 'running') {
    throw new RangeError(`sfo: tell needs the status 'running', it is '${memory.status}'`)
  }
  memory.evaluations++
  memory.model.evaluations[memory.index]++
  const usable = Number.isFinite(value) && isAllFinite(given)
  if (usable) include(memory, given, memory.gradient)
  advance(memory, usable ? value : Infinity)
  return memory.status
}

/** Takes the value asked for, whose gradient is in `memory.gradient`; Infinity stands for anything not finite. */
function advance(memory: SfoMemory, value: number): void {
  const usable = value < Infinity
  switch (memory.phase) {
    case 'step':
      if (usable && !isSuspicious(memory, value)) accept(memory, value)
      else if (memory.evaluations === 1) memory.status = 'non-finite-start'
      else suspect(memory, value)
      break
    case 'verify':
      if (usable) verify(memory, value)
      else suspect(memory, value)
      break
    case 'previous':
      comparePrevious(memory, value)
      break
    case 'shrink':
      compareShrunk(memory, value)
      break
    case 'start':
      if (usable) restart(memory, value)
      else memory.status = 'non-finite-start'
  }
}

function accept(memory: SfoMemory, value: number): void {
  const { count } = memory.model
  memory.stepScale = 1 / count + (1 - 1 / count) * memory.stepScale
  memory.failuresInRow = 0
  record(memory, value, memory.position, memory.gradient)
  proceed(memory, false)
}

function restart(memory: SfoMemory, value: number): void {
  record(memory, value, memory.position, memory.gradient)
  proceed(memory, true)
}

function isAllFinite(vector: Float64Array): boolean {
  for (let i = 0; i < vector.length; i++) if (!Number.isFinite(vector[i])) return false
  return true
}
