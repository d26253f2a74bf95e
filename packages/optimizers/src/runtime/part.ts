import type { Link } from '../notation/variables.ts'
import type { Optimizer } from '../optimizer.ts'
import type { Range } from './hyperparameters.ts'
import type { Vector } from './tensors.ts'

/** One rule of an optimizer, with the values of its hyper-parameters. */
export interface Part {
  /** Which rule it is, in saved states. */
  readonly identity: string
  readonly link: Link
  /** Flags are 1 or 0. */
  readonly values: ReadonlyMap<string, number>
  readonly flags: ReadonlySet<string>
  readonly ranges: ReadonlyMap<string, Range>
  /** The state that holds the parameters to evaluate. */
  readonly evaluation: string | undefined
  /** Fills the link's inputs before every step. */
  readonly fill: ((vector: Vector, step: number) => void) | undefined
}

/** A change to the gradient or the weights, to be put into a `chain` around an optimizer. */
export interface Transform {
  readonly name: string
  /** What it changes: the gradient, before the optimizer, or the weights, after it. */
  readonly on: 'gradient' | 'weights'
}

const parts = new WeakMap<Optimizer | Transform, readonly Part[]>()

/** Remembers of which rules something is made, so that `chain` can join them to one. */
export function madeOf<T extends Optimizer | Transform>(whole: T, of: readonly Part[]): T {
  parts.set(whole, of)
  return whole
}

/** The rules that something is made of; undefined for what is no rule. */
export function partsOf(whole: Optimizer | Transform): readonly Part[] | undefined {
  return parts.get(whole)
}
