import { sequence } from '@thalweg/testing'
import fc from 'fast-check'
import { softmax } from './softmax.ts'

/** Members of as many rows, all their probabilities above 0, and labels. */
export interface Ensemble {
  readonly members: readonly Float64Array[]
  readonly labels: readonly number[]
  readonly rows: number
  readonly classes: number
}

/** Softmax of numbers in (-spread, spread), [rows, classes], repeatable. */
export function drawnTable(rows: number, classes: number, seed: number, spread = 3): Float64Array {
  return softmax(
    sequence(rows * classes, seed).map((value) => spread * value),
    classes,
  )
}

/** Ensembles of 1 to 5 members, 1 to 6 rows, 2 to 5 classes. */
export const ensembles: fc.Arbitrary<Ensemble> = fc
  .record({
    count: fc.integer({ min: 1, max: 5 }),
    rows: fc.integer({ min: 1, max: 6 }),
    classes: fc.integer({ min: 2, max: 5 }),
    spread: fc.constantFrom(0.1, 1, 5, 20),
    seed: fc.integer({ min: 0, max: 2 ** 30 }),
  })
  .map(({ count, rows, classes, spread, seed }) => ({
    members: Array.from({ length: count }, (_, index) => drawnTable(rows, classes, seed + index, spread)),
    labels: Array.from(sequence(rows, ~seed), (value) => Math.floor(((value + 1) / 2) * classes) % classes),
    rows,
    classes,
  }))

/** Weights for up to 5 members, some of them 0, never all. */
export const weightings: fc.Arbitrary<readonly number[]> = fc
  .array(fc.oneof(fc.constant(0), fc.double({ min: 1e-3, max: 10, noNaN: true })), {
    minLength: 5,
    maxLength: 5,
  })
  .map((weights) => [weights[0] + 0.5, ...weights.slice(1)])

/** The largest difference of two tables. */
export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Infinity
  return Array.from(a).reduce((largest, value, at) => Math.max(largest, Math.abs(value - b[at])), 0)
}
