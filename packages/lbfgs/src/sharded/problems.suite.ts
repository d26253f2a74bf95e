import type { Vector } from '../vector.ts'

/** A sum over portions, each of which writes its gradient. */
export interface SummedProblem {
  readonly n: number
  readonly start: Float64Array
  readonly objective: (portion: number, x: Vector, gradient: Vector) => number
}

/** Terms [from, to) of `terms` that belong to a portion. */
const share = (terms: number, portions: number, portion: number) =>
  [Math.floor((terms * portion) / portions), Math.floor((terms * (portion + 1)) / portions)] as const

/**
 * sum_i 100 (x_2i+1 - x_2i^2)^2 + (1 - x_2i)^2, every pair from another start: about (-1.2, 1), or, `near`, about the
 * minimum (1, 1).
 */
export function extendedRosenbrock(n: number, portions: number, from: 'far' | 'near' = 'far'): SummedProblem {
  const far = (i: number): number => (i % 2 === 0 ? -1.2 : 1) + 0.01 * Math.sin(i)
  const near = (i: number): number => 1 + 0.05 * Math.sin(i)
  return {
    n,
    start: Float64Array.from({ length: n }, (_, i) => (from === 'far' ? far(i) : near(i))),
    objective(portion, x, gradient) {
      let f = 0
      const [first, end] = share(n / 2, portions, portion)
      for (let term = first; term < end; term++) {
        const i = 2 * term
        const bend = x[i + 1] - x[i] * x[i]
        f += 100 * bend * bend + (1 - x[i]) ** 2
        gradient[i] += -400 * bend * x[i] - 2 * (1 - x[i])
        gradient[i + 1] += 200 * bend
      }
      return f
    },
  }
}

/** Mean of log(1 + exp(-b a'x)) over `rows` seeded rows, plus 0.5e-3 |x|^2 with the first portion. */
export function logisticRegression(n: number, rows: number, portions: number): SummedProblem {
  let state = 12345
  const random = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32 - 0.5
  }
  const features = Float64Array.from(
    { length: rows * n },
    (_, at) => 4 * random() * 10 ** (-1.5 * ((at % n) / n)),
  )
  const labels = Float64Array.from({ length: rows }, (_, row) => (features[row * n] + random() > 0 ? 1 : -1))
  const strength = 1e-3
  return {
    n,
    start: new Float64Array(n),
    objective(portion, x, gradient) {
      let f = 0
      const [from, to] = share(rows, portions, portion)
      for (let row = from; row < to; row++) {
        let product = 0
        for (let i = 0; i < n; i++) product += features[row * n + i] * x[i]
        const margin = labels[row] * product
        f += Math.log1p(Math.exp(-Math.abs(margin))) + Math.max(-margin, 0)
        const slope = -labels[row] / (1 + Math.exp(margin)) / rows
        for (let i = 0; i < n; i++) gradient[i] += slope * features[row * n + i]
      }
      f /= rows
      for (let i = 0; portion === 0 && i < n; i++) {
        f += (strength / 2) * x[i] * x[i]
        gradient[i] += strength * x[i]
      }
      return f
    },
  }
}

/** Neighbours are added, an odd one out moves up, until one is left. */
export function addedPairwise<T>(terms: readonly T[], add: (left: T, right: T) => T): T {
  if (terms.length === 1) return terms[0]
  const sums: T[] = []
  for (let i = 0; i < terms.length; i += 2)
    sums.push(i + 1 < terms.length ? add(terms[i], terms[i + 1]) : terms[i])
  return addedPairwise(sums, add)
}

/** The whole sum in one process, in the order of the tree. */
export function wholeObjective({ n, objective }: SummedProblem, portions: number) {
  return (x: Float64Array, gradientOut: Float64Array): number => {
    const parts = Array.from({ length: portions }, (_, portion) => {
      const gradient = new Float64Array(n)
      return { f: objective(portion, x, gradient), gradient }
    })
    const { f, gradient } = addedPairwise(parts, (left, right) => ({
      f: left.f + right.f,
      gradient: left.gradient.map((value, i) => value + right.gradient[i]),
    }))
    gradientOut.set(gradient)
    return f
  }
}
