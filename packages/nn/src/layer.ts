import type { Plan, Precision } from '@thalweg/kernels'

/** A trained array of a layer. */
export interface TensorSpec {
  readonly name: string
  readonly shape: readonly number[]
  /** How it starts: as the model's initialiser says, or at 0. */
  readonly init: 'weights' | 'zeros'
}

/** Where a plan is being written. */
export interface PlanContext {
  readonly plan: Plan
  readonly precision: Precision
  /** Rows of the batch. */
  readonly rows: number
  /** Address of the scratch that matrix products may overwrite. */
  readonly scratch: number
}

/** Addresses of a layer's arrays: activations and their gradients [rows, features], tensors and theirs. */
export interface LayerAddresses {
  readonly input: number
  readonly output: number
  readonly tensors: Readonly<Record<string, number>>
}

export interface LayerGradientAddresses extends LayerAddresses {
  readonly outputGradient: number
  /** Absent at the first layer, where nobody needs it. */
  readonly inputGradient: number | undefined
  readonly tensorGradients: Readonly<Record<string, number>>
}

/** A function of a batch of rows, written into a plan. */
export interface Layer {
  readonly name: string
  /** Numbers a sample has after the layer. */
  outputs(inputs: number): number
  tensors(inputs: number): readonly TensorSpec[]
  /** Whether output may lie where input does: then no second array is laid out. */
  readonly inPlace: boolean
  /** Widest matrix product, in columns: what scratch must hold. 0 where there is none. */
  productColumns(inputs: number): number
  forward(context: PlanContext, inputs: number, addresses: LayerAddresses): void
  backward(context: PlanContext, inputs: number, addresses: LayerGradientAddresses): void
}
