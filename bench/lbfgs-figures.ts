import type { Figure } from './measure.ts'

/** One minimisation of one test problem. */
export interface Minimisation {
  /** The problem. */
  readonly case: string
  readonly minimiser: string
  readonly precision: 'f64' | 'f32'
  readonly iterations: number
  readonly evaluations: number
  /** At the returned point; null where it is not finite. */
  readonly f: number | null
  /** The largest component of the gradient at the returned point; null where it is not finite. */
  readonly gradientNorm: number | null
  readonly status: string
  readonly solved: boolean
  /** Whether it claims to have converged where the gradient is large. */
  readonly dishonest: boolean
}

/** All minimisations of one minimiser. */
export interface Score {
  readonly minimiser: string
  readonly precision: 'f64' | 'f32'
  readonly problems: number
  readonly solvedOfThem: number
  readonly totalEvaluations: number
  readonly dishonestExits: number
}

/** Microseconds per iteration outside of the objective. */
export interface Overhead extends Figure {
  /** How our vectors are worked on. */
  readonly vectors: string
  readonly iterations: number
  readonly evaluations: number
  readonly peerIterations: number
  readonly peerEvaluations: number
}
