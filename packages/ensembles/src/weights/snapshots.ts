import { wholeNumber } from './range.ts'

/** A budget of `steps`, cut into `cycles` of the learning rate. */
export interface SnapshotCycles {
  readonly steps: number
  readonly cycles: number
}

/**
 * The length of a cycle, ceil(T / M), T `steps`, M `cycles`. Throws RangeError for cycles that so long do not fit: where M
 * does not divide T the last is cut short, and may not vanish.
 */
function cycleLength(place: string, { steps, cycles }: SnapshotCycles): number {
  wholeNumber(place, 'steps', steps, 1)
  wholeNumber(place, 'cycles', cycles, 1)
  const length = Math.ceil(steps / cycles)
  const fitting = Math.ceil(steps / length)
  if (fitting < cycles) {
    throw new RangeError(
      `${place}: cycles must fit: ${steps} steps have ${fitting} cycles of ceil(${steps} / ${cycles}) = ${length} steps, got ${cycles}`,
    )
  }
  return length
}

/**
 * The steps, counted from 1, after which the weights of a cyclic cosine are snapshots: the last of each cycle.
 *
 *   L, 2 L, ..., (M - 1) L, T     L = ceil(T / M), T steps, M cycles
 *
 * Where M does not divide T the last cycle is the shorter one. Throws RangeError for counts below 1, or where fewer than M
 * cycles of L steps fit. Source: Huang et al. 2017, arXiv:1704.00109.
 *
 * @example snapshotSteps({ steps: 10, cycles: 3 }) // [4, 8, 10]
 */
export function snapshotSteps({ steps, cycles }: SnapshotCycles): number[] {
  const length = cycleLength('snapshotSteps', { steps, cycles })
  return Array.from({ length: cycles }, (_, cycle) => Math.min((cycle + 1) * length, steps))
}

/** Whether a snapshot is taken after step `step`, counted from 1: whether `snapshotSteps` has it. */
export function isCycleEnd(step: number, { steps, cycles }: SnapshotCycles): boolean {
  const length = cycleLength('isCycleEnd', { steps, cycles })
  wholeNumber('isCycleEnd', 'step', step, 0)
  return step === steps || (step > 0 && step < steps && step % length === 0)
}

/**
 * The learning rate of snapshot ensembles, a cosine with restarts, as a function of the steps done, from 0.
 *
 *   alpha(k) = alpha_0 / 2 (cos(pi mod(k, L) / L) + 1),   L = ceil(T / M)
 *
 * Every cycle starts at alpha_0 exactly, at k = 0, L, 2 L, ...: the step after each snapshot. The paper's t is k + 1.
 * Source: Huang et al. 2017, arXiv:1704.00109, equation 2.
 *
 * @example snapshotRate({ initial: 0.1, steps: 10, cycles: 2 })(5) // 0.1, the first step of the second cycle
 */
export function snapshotRate({ initial, steps, cycles }: SnapshotCycles & { readonly initial: number }) {
  const length = cycleLength('snapshotRate', { steps, cycles })
  if (!(initial >= 0 && initial < Infinity)) {
    throw new RangeError(`snapshotRate: initial must be in [0, ∞), got ${initial}`)
  }
  return (step: number): number => {
    wholeNumber('snapshotRate', 'step', step, 0)
    // (1 + cos x) / 2 is cos^2 (x / 2), which keeps its relative accuracy near the end of a cycle.
    return initial * Math.cos((Math.PI / 2) * ((step % length) / length)) ** 2
  }
}
