export interface TextbookOptions {
  readonly memory: number
  readonly learningRate: number
  readonly decaySteps: number
  readonly lambda: number
  readonly epsilon: number
  readonly maxEvaluations: number
  /** Whether both gradients of y are of the same batch; else each batch is evaluated once, where the last left off. */
  readonly sameBatch: boolean
}

/**
 * Online L-BFGS as the paper writes it, on vectors: the points x_0, x_1, … It knows nothing of numbers that are not
 * finite, and takes `gradientOf(batch, x)`, batch = 0, 1, …
 */
export function textbookOnline(
  gradientOf: (batch: number, x: Float64Array) => Float64Array,
  x0: Float64Array,
  options: TextbookOptions,
): Float64Array[] {
  const { memory, learningRate, decaySteps, lambda, epsilon, maxEvaluations, sameBatch } = options
  const pairs: { s: Float64Array; y: Float64Array }[] = []
  const points = [x0]
  let gradient = gradientOf(0, x0)
  let evaluations = 1
  for (let t = 0; evaluations < maxEvaluations; t++) {
    const x = points[t]
    const scales = pairs.map(({ s, y }) => dot(s, y) / dot(y, y))
    const mean = scales.reduce((sum, scale) => sum + scale, 0) / pairs.length
    const direction = textbookDirection(gradient, pairs, pairs.length === 0 ? epsilon : mean)
    const rate = (learningRate * decaySteps) / (decaySteps + t)
    const next = x.map((value, i) => value + rate * direction[i])
    const nextGradient = gradientOf(sameBatch ? t : t + 1, next)
    const s = next.map((value, i) => value - x[i])
    const y = nextGradient.map((value, i) => value - gradient[i] + lambda * s[i])
    if (dot(s, y) > -(2 ** -52) * dot(s, gradient)) pairs.push({ s, y })
    if (pairs.length > memory) pairs.shift()
    points.push(next)
    evaluations++
    gradient = nextGradient
    if (sameBatch && evaluations < maxEvaluations) {
      gradient = gradientOf(t + 1, next)
      evaluations++
    }
  }
  return points
}

/** -H g by the two loops, H_0 = gamma I. */
export function textbookDirection(
  gradient: Float64Array,
  pairs: readonly { readonly s: Float64Array; readonly y: Float64Array }[],
  gamma: number,
): Float64Array {
  const q = gradient.slice()
  const a: number[] = []
  for (let i = pairs.length - 1; i >= 0; i--) {
    const { s, y } = pairs[i]
    a[i] = dot(s, q) / dot(s, y)
    for (let j = 0; j < q.length; j++) q[j] -= a[i] * y[j]
  }
  const r = q.map((value) => gamma * value)
  for (const [i, { s, y }] of pairs.entries()) {
    const b = dot(y, r) / dot(s, y)
    for (let j = 0; j < r.length; j++) r[j] += (a[i] - b) * s[j]
  }
  return r.map((value) => -value)
}

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, i) => sum + value * b[i], 0)
}
