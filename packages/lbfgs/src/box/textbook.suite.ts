import { sequence } from '@thalweg/testing'
import type { Vector } from '../vector.ts'
import type { Bounds } from './bounds.ts'
import { atLower, free, held } from './cauchy-point.ts'
import type { Pairs } from './pairs.ts'

/** The slow, dense versions that the tests of this folder compare with: matrices are arrays of rows. */
export type Matrix = number[][]

export const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i]
  return sum
}

/** l <= x <= u in every coordinate; false where one is NaN. */
export const isInside = ({ lower, upper }: Bounds, x: Vector): boolean =>
  x.every((value, i) => value >= lower[i] && value <= upper[i])

const times = (a: Matrix, v: ArrayLike<number>): number[] => a.map((row) => dot(row, v))

/** The pairs with a table of their products computed at once; the last `memory` of those given. */
export function pairsOf(steps: readonly Vector[], changes: readonly Vector[], memory: number): Pairs {
  const s = steps.slice(Math.max(0, steps.length - memory))
  const y = changes.slice(Math.max(0, changes.length - memory))
  const count = s.length
  return {
    count,
    theta: count === 0 ? 1 : dot(y[count - 1], y[count - 1]) / dot(s[count - 1], y[count - 1]),
    s: (i) => s[i],
    y: (i) => y[i],
    ss: (i, j) => dot(s[i], s[j]),
    sy: (i, j) => dot(s[i], y[j]),
    yy: (i, j) => dot(y[i], y[j]),
  }
}

/** B of the BFGS formula, from theta I: B <- B - B s s'B / s'Bs + y y' / s'y, oldest pair first. */
export function bfgsMatrix(pairs: Pairs, n: number): Matrix {
  let b = Array.from({ length: n }, (_, i) =>
    Array.from({ length: n }, (_, j) => (i === j ? pairs.theta : 0)),
  )
  for (let k = 0; k < pairs.count; k++) {
    const s = pairs.s(k)
    const y = pairs.y(k)
    const bs = times(b, s)
    b = b.map((row, i) =>
      row.map((value, j) => value - (bs[i] * bs[j]) / dot(s, bs) + (y[i] * y[j]) / dot(s, y)),
    )
  }
  return b
}

/** The solution of A v = right, by elimination with row exchanges. */
export function denseSolve(a: Matrix, right: readonly number[]): number[] {
  const rows = a.map((row, i) => [...row, right[i]])
  const n = rows.length
  for (let k = 0; k < n; k++) {
    let pivot = k
    for (let i = k + 1; i < n; i++) if (Math.abs(rows[i][k]) > Math.abs(rows[pivot][k])) pivot = i
    ;[rows[k], rows[pivot]] = [rows[pivot], rows[k]]
    for (let i = k + 1; i < n; i++) {
      const factor = rows[i][k] / rows[k][k]
      for (let j = k; j <= n; j++) rows[i][j] -= factor * rows[k][j]
    }
  }
  for (let k = n - 1; k >= 0; k--) {
    for (let j = k + 1; j < n; j++) rows[k][n] -= rows[k][j] * rows[j][n]
    rows[k][n] /= rows[k][k]
  }
  return rows.map((row) => row[n])
}

/** The first local minimiser of g'z + z'Bz/2 along P(x - t g) - x: the segments one by one, each from its start. */
export function cauchyByWalking(b: Matrix, bounds: Bounds, x: Vector, g: Vector): { t: number; z: number[] } {
  const n = x.length
  const end = Array.from({ length: n }, (_, i) => {
    const room = g[i] < 0 ? bounds.upper[i] - x[i] : x[i] - bounds.lower[i]
    return g[i] === 0 ? 0 : room / Math.abs(g[i])
  })
  const at = (t: number) => {
    return Array.from({ length: n }, (_, i) => {
      if (t < end[i]) return -t * g[i]
      return g[i] === 0 ? 0 : (g[i] < 0 ? bounds.upper[i] : bounds.lower[i]) - x[i]
    })
  }
  const moments = [...new Set([0, ...end])].sort((a, c) => a - c)
  for (let k = 0; k < moments.length; k++) {
    const t = moments[k]
    const z = at(t)
    const d = Array.from({ length: n }, (_, i) => (end[i] > t ? -g[i] : 0))
    const slope = dot(g, d) + dot(d, times(b, z))
    const curvature = dot(d, times(b, d))
    if (!(slope < 0)) return { t, z }
    const best = t - slope / curvature
    if (k === moments.length - 1 || best < moments[k + 1]) return { t: best, z: at(best) }
  }
  throw new Error('the last segment is unbounded or flat')
}

/** The displacement of the Cauchy point on A, the minimiser of the model over the free variables on Z. */
export function subspaceByElimination(
  b: Matrix,
  bounds: Bounds,
  x: Vector,
  g: Vector,
  places: Uint8Array,
): number[] {
  const z = Array.from(x, (value, i) => {
    if (places[i] === free || places[i] === held) return 0
    return (places[i] === atLower ? bounds.lower[i] : bounds.upper[i]) - value
  })
  const indices = Array.from(x.keys()).filter((i) => places[i] === free)
  const bz = times(b, z)
  const solution = denseSolve(
    indices.map((i) => indices.map((j) => b[i][j])),
    indices.map((i) => -g[i] - bz[i]),
  )
  indices.forEach((i, k) => {
    z[i] = solution[k]
  })
  return z
}

/** What kinds of coordinates a random problem has. */
export interface ProblemShape {
  readonly n: number
  readonly pairs: number
  readonly memory: number
  readonly seed: number
  /** Chances in [0, 1]: no bound on a side, l = u, x at a bound, breakpoints in common, g = 0. */
  readonly open: number
  readonly fixed: number
  readonly atBound: number
  readonly tied: number
  readonly flat: number
  /** How much stiffer H is along (1, ..., 1) than across; default 0.5. Stiff ones make projected steps ascend. */
  readonly stiffness?: number
}

/** A random point in a random box, with a gradient and a history s, y = H s + a little, s'y > 0. */
export function randomProblem(shape: ProblemShape): {
  options: { lower: Float64Array; upper: Float64Array }
  x: Float64Array
  g: Float64Array
  pairs: Pairs
} {
  const { n } = shape
  let used = 0
  const numbers = sequence(n * 12 + n * 3 * shape.pairs, shape.seed)
  const next = () => numbers[used++]
  const chance = (probability: number) => (next() + 1) / 2 < probability
  const x = new Float64Array(n)
  const g = new Float64Array(n)
  const lower = new Float64Array(n)
  const upper = new Float64Array(n)
  for (let i = 0; i < n; i++) {
    // on a grid, so that equal breakpoints are equal to the bit
    x[i] = Math.round(3072 * next()) / 1024
    g[i] = chance(shape.flat) ? 0 : Math.round(2048 * next()) / 1024
    const span = chance(shape.tied) ? Math.abs(g[i]) / 2 : 0.01 + Math.abs(next())
    const below = chance(shape.atBound) ? 0 : span
    const above = chance(shape.atBound) ? 0 : span * (chance(0.5) ? 1 : 2)
    lower[i] = chance(shape.open) ? -Infinity : x[i] - below
    upper[i] = chance(shape.open) ? Infinity : x[i] + above
    if (chance(shape.fixed)) lower[i] = upper[i] = x[i]
  }
  const steps: Float64Array[] = []
  const changes: Float64Array[] = []
  for (let k = 0; k < shape.pairs; k++) {
    const s = Float64Array.from({ length: n }, next)
    const y = Float64Array.from(s, (value) => value * (1 + 0.9 * next()))
    const mean =
      dot(
        s,
        Array.from(s, () => 1),
      ) / n
    steps.push(s)
    changes.push(y.map((value) => value + (shape.stiffness ?? 0.5) * mean))
  }
  return { options: { lower, upper }, x, g, pairs: pairsOf(steps, changes, shape.memory) }
}
