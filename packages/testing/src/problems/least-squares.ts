import { type Description, defineProblem, type Evaluate, type Problem } from './problem.ts'

/**
 * A sum of squares: f(x) = sum_i r_i(x)^2, with gradient 2 sum_i r_i(x) grad r_i(x).
 *
 * `accumulate` returns f and adds sum_i r_i grad r_i, half the gradient, to its second argument, zero before.
 */
export function leastSquares(description: Description, accumulate: Evaluate): Problem {
  return defineProblem(description, (x, half) => {
    const f = accumulate(x, half)
    for (let j = 0; j < half.length; j++) half[j] *= 2
    return f
  })
}
