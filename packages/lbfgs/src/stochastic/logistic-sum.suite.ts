import { choleskyFactor, solveLower, solveLowerTransposed } from './cholesky.ts'
import type { SumObjective } from './minimize-sum.ts'
import { drawn, nextState } from './splitmix.ts'

/** Numbers in [0, 1), repeatable. */
export function uniforms(seed: number): () => number {
  let state = seed
  return () => {
    state = nextState(state)
    return drawn(state)
  }
}

/** Numbers of a normal distribution with mean 0 and variance 1. */
export function normals(uniform: () => number): () => number {
  return () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform())
}

const rows = 10_000
const dimension = 51
const count = 50
const penalty = 1e-3

/**
 * Logistic regression, F(w) = mean_d log(1 + exp(-t_d w'v_d)) + penalty |w|^2 / 2, as a sum over 50 batches.
 * 50 features with standard deviations 10^0 ... 10^-1.5 and a bias; labels drawn from a true w of variance 25.
 */
export function logisticSum(seed: number) {
  const uniform = uniforms(seed)
  const normal = normals(uniform)
  const truth = Float64Array.from({ length: dimension }, () => 5 * normal())
  const features = new Float64Array(rows * dimension)
  const targets = new Float64Array(rows)
  for (let row = 0; row < rows; row++) {
    let logit = 0
    for (let j = 0; j < dimension; j++) {
      const value = j === dimension - 1 ? 1 : normal() * 10 ** ((-1.5 * j) / (dimension - 2))
      features[row * dimension + j] = value
      logit += truth[j] * value
    }
    targets[row] = uniform() < 1 / (1 + Math.exp(-logit)) ? 1 : -1
  }

  const objective: SumObjective = (index, w, gradient) => {
    let sum = 0
    for (let j = 0; j < dimension; j++) {
      gradient[j] = (penalty / count) * w[j]
      sum += (penalty / count / 2) * w[j] * w[j]
    }
    for (let row = index; row < rows; row += count) {
      const at = row * dimension
      let logit = 0
      for (let j = 0; j < dimension; j++) logit += w[j] * features[at + j]
      const loss = -logit * targets[row]
      sum += (Math.max(loss, 0) + Math.log1p(Math.exp(-Math.abs(loss)))) / rows
      const slope = -targets[row] / (1 + Math.exp(-loss)) / rows
      for (let j = 0; j < dimension; j++) gradient[j] += slope * features[at + j]
    }
    return sum
  }

  const total = (w: Float64Array, gradientOut = new Float64Array(dimension)): number => {
    const part = new Float64Array(dimension)
    gradientOut.fill(0)
    let sum = 0
    for (let index = 0; index < count; index++) {
      sum += objective(index, w, part)
      for (let j = 0; j < dimension; j++) gradientOut[j] += part[j]
    }
    return sum
  }

  /** Newton's method until its decrease is rounding. */
  const minimum = (): number => {
    const w = new Float64Array(dimension)
    const step = new Float64Array(dimension)
    const hessian = new Float64Array(dimension * dimension)
    let decrease = Infinity
    for (let iteration = 0; iteration < 30 && decrease > 1e-18; iteration++) {
      total(w, step)
      hessian.fill(0)
      for (let j = 0; j < dimension; j++) hessian[j * dimension + j] = penalty
      for (let row = 0; row < rows; row++) {
        const at = row * dimension
        let logit = 0
        for (let j = 0; j < dimension; j++) logit += w[j] * features[at + j]
        const p = 1 / (1 + Math.exp(-logit))
        for (let j = 0; j < dimension; j++) {
          const scaled = ((p * (1 - p)) / rows) * features[at + j]
          for (let k = 0; k <= j; k++) hessian[j * dimension + k] += scaled * features[at + k]
        }
      }
      choleskyFactor(hessian, dimension, dimension)
      solveLower(hessian, dimension, dimension, step)
      decrease = step.reduce((sum, each) => sum + each * each, 0) / 2
      solveLowerTransposed(hessian, dimension, dimension, step)
      for (let j = 0; j < dimension; j++) w[j] -= step[j]
    }
    if (decrease > 1e-18) throw new Error(`Newton's method did not converge: decrease ${decrease}`)
    return total(w)
  }

  return { objective, total, minimum, dimension, count }
}
