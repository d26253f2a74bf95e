import type { PlanContext } from './layer.ts'

/** Addresses of what a loss reads and writes. */
export interface LossArrays {
  /** The model's outputs [rows, outputs]. */
  readonly outputs: number
  /** Class indices, i32 [rows]. */
  readonly labels: number
  /** What a loss with targets compares with [rows, outputs]; 0 for the others. */
  readonly targets: number
  /** What the model says of its samples [rows, outputs]: written by the forward pass, read by the backward one. */
  readonly predictions: number
  /** Two f64: the mean loss of the rows, and how many were classified right. */
  readonly result: number
}

/** What training makes small. */
export interface Loss {
  readonly name: string
  /** Whether it reads targets beside labels. */
  readonly targets: boolean
  /** Appends the loss of `context.rows` samples with `outputs` outputs each. */
  forward(context: PlanContext, outputs: number, arrays: LossArrays): void
  /** Appends its gradient by the outputs, a mean over `context.batchRows`. */
  backward(
    context: PlanContext,
    outputs: number,
    arrays: LossArrays & { readonly outputGradient: number },
  ): void
}
