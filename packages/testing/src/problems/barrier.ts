import { defineProblem, type Evaluate, type Problem, type Vector } from './problem.ts'

/** What a function answers outside of its domain: NaN, or f = +Infinity. */
export type Outside = 'nan' | 'infinity'

/** A convex problem on an open domain, in whose inside the one minimiser lies. */
export interface BarrierProblem extends Problem {
  readonly outside: Outside
  /** [n]: the minimiser. */
  readonly solution: Float64Array
  isInside(x: Vector): boolean
}

/** A function on an open domain. */
export interface Barrier {
  readonly name: string
  readonly start: readonly number[]
  readonly solution: readonly number[]
  readonly minimum: number
  readonly isInside: (x: Vector) => boolean
  /** As for `defineProblem`; called only inside. */
  readonly evaluate: Evaluate
  /** Each component of the gradient outside, where f is +Infinity. */
  readonly infiniteGradient: number
}

/** The problem of a function that answers `outside` where it is undefined: the gradient too is NaN where f is. */
export function barrierProblem(barrier: Barrier, outside: Outside): BarrierProblem {
  const { start, minimum, isInside, evaluate } = barrier
  const description = { name: `${barrier.name}_${outside}`, start, minima: [minimum] }
  const problem = defineProblem(description, (x, gradient) => {
    if (isInside(x)) return evaluate(x, gradient)
    gradient.fill(outside === 'nan' ? Number.NaN : barrier.infiniteGradient)
    return outside === 'nan' ? Number.NaN : Number.POSITIVE_INFINITY
  })
  return { ...problem, outside, solution: Float64Array.from(barrier.solution), isInside }
}

/** Whether all coordinates are above 0. */
export function isPositive(x: Vector): boolean {
  return x.every((value: number) => value > 0)
}
