import type { Problem } from './problem.ts'

/** A problem in a box, lower <= x <= upper; bounds may be infinite, or equal where a coordinate is fixed. */
export interface BoundedProblem extends Problem {
  /** [n] */
  readonly lower: Float64Array
  /** [n] */
  readonly upper: Float64Array
  /** [n]: the best local minimiser known in the box. */
  readonly solution: Float64Array
  /** f at the solution. */
  readonly minimum: number
  /** The coordinates that are at a bound in the solution, fixed ones too, ascending. */
  readonly active: readonly number[]
  /** Those of `active` that are not fixed and have no slope there: the multiplier of the bound is zero. */
  readonly degenerate: readonly number[]
}

/** Values by coordinate; coordinates that are left out have the default. */
type Sparse = Readonly<Record<number, number>>

interface Box {
  /** What the box does, the end of the name. */
  readonly what: string
  /** Default: no bound. */
  readonly lower?: Sparse
  readonly upper?: Sparse
  readonly solution: Readonly<ArrayLike<number>>
  readonly minimum: number
  readonly degenerate?: readonly number[]
}

/** `problem` in a box; it starts at the point of the box that is nearest to its own start. */
export function bounded(problem: Problem, box: Box): BoundedProblem {
  const { what, minimum, degenerate = [] } = box
  const lower = problem.start.map((_, j) => box.lower?.[j] ?? Number.NEGATIVE_INFINITY)
  const upper = problem.start.map((_, j) => box.upper?.[j] ?? Number.POSITIVE_INFINITY)
  const solution = Float64Array.from(box.solution)
  return {
    name: `${problem.name}_${what}`,
    start: problem.start.map((value, j) => Math.min(Math.max(value, lower[j]), upper[j])),
    minima: [minimum],
    evaluate: problem.evaluate,
    lower,
    upper,
    solution,
    minimum,
    active: [...solution.keys()].filter((j) => solution[j] === lower[j] || solution[j] === upper[j]),
    degenerate,
  }
}
