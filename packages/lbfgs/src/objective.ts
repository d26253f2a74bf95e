import type { Vector } from './vector.ts'

/** f at x; writes its gradient, every coordinate. Must not change x. */
export type Objective<A extends Vector = Vector> = (x: A, gradientOut: A) => number
