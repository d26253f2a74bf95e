import type { Pairs } from './pairs.ts'

/*
 * W = [Y  theta S], [n, 2k]: k = count columns y_i, then k columns theta s_i, oldest first. Never stored; its products go
 * through the pairs two at a time, so that the long vector is read k/2 times.
 */

/** out <- W'v. v [n], out [2k]. O(k n). */
export function timesTransposed(pairs: Pairs, v: Float64Array, out: Float64Array): void {
  const { count, theta } = pairs
  for (let k = 0; k < count; k += 2) {
    // with an odd count the last pair is taken twice
    const next = Math.min(k + 1, count - 1)
    const y0 = pairs.y(k)
    const s0 = pairs.s(k)
    const y1 = pairs.y(next)
    const s1 = pairs.s(next)
    let sumY0 = 0
    let sumS0 = 0
    let sumY1 = 0
    let sumS1 = 0
    for (let i = 0; i < v.length; i++) {
      const value = v[i]
      sumY0 += y0[i] * value
      sumS0 += s0[i] * value
      sumY1 += y1[i] * value
      sumS1 += s1[i] * value
    }
    out[k] = sumY0
    out[count + k] = theta * sumS0
    out[next] = sumY1
    out[count + next] = theta * sumS1
  }
}

/** out <- out + W u. u [2k], out [n]. O(k n). */
export function addTimes(pairs: Pairs, u: Float64Array, out: Float64Array): void {
  const { count, theta } = pairs
  for (let k = 0; k < count; k += 2) {
    const paired = k + 1 < count
    const next = paired ? k + 1 : k
    const y0 = pairs.y(k)
    const s0 = pairs.s(k)
    const y1 = pairs.y(next)
    const s1 = pairs.s(next)
    const a0 = u[k]
    const b0 = theta * u[count + k]
    const a1 = paired ? u[next] : 0
    const b1 = paired ? theta * u[count + next] : 0
    for (let i = 0; i < out.length; i++) {
      out[i] += a0 * y0[i] + b0 * s0[i] + (a1 * y1[i] + b1 * s1[i])
    }
  }
}

/** out <- row i of W, [2k]. */
export function rowOf(pairs: Pairs, i: number, out: Float64Array): void {
  const { count, theta } = pairs
  for (let k = 0; k < count; k++) {
    out[k] = pairs.y(k)[i]
    out[count + k] = theta * pairs.s(k)[i]
  }
}
