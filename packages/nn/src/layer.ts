import type { Activation, MatrixProducts, Plan, Precision } from '@thalweg/kernels'
import type { Arena } from './arena.ts'
import type { FirstDense, InputShare, SharedPass } from './input-share.ts'
import type { Shape } from './shape.ts'

/** How a tensor starts: as the model's initialiser says, or at 0 or 1. */
type TensorStart = 'weights' | 'zeros' | 'ones'

/** An array of a layer, trained or counted along. */
export interface TensorSpec {
  readonly name: string
  readonly shape: readonly number[]
  readonly init: TensorStart
  /** Inputs that reach one output, and outputs that one input reaches: for initialisers. Of weights only. */
  readonly fanIn?: number
  readonly fanOut?: number
}

/** Where a plan is being written. */
export interface PlanContext {
  readonly plan: Plan
  readonly precision: Precision
  /** Samples that this plan computes, and those of the whole step: more where several threads share a batch. */
  readonly rows: number
  readonly batchRows: number
  /** train: statistics of the batch, random masks; evaluate: running statistics, no masks. */
  readonly mode: 'train' | 'evaluate'
  /** Whether running statistics are brought up to date: by one thread alone. */
  readonly updatesStatistics: boolean
  /** Address of the scratch that layers have asked the arena for; anybody overwrites it. */
  readonly scratch: number
  readonly products: MatrixProducts
  /** Scratch that matrix products overwrite. */
  readonly productScratch: number
  /** Where threads share the inputs of the first layer. */
  readonly shared?: SharedPass | undefined
}

/** The address of a layer's tensor, of its gradient or of a running statistic. */
export type Addresses = (name: string) => number

/** Where a layer's arrays lie: activations and their gradients are [rows, numbers of a sample]. */
export interface ForwardArrays {
  readonly input: number
  /** The same address as `input` where the layer is laid in place. */
  readonly output: number
  readonly tensors: Addresses
  readonly statistics: Addresses
}

export interface BackwardArrays extends ForwardArrays {
  /** May be overwritten. */
  readonly outputGradient: number
  /** Absent at the first layer, where nobody needs it; the same as `outputGradient` where the layer is in place. */
  readonly inputGradient: number | undefined
  readonly tensorGradients: Addresses
}

/** A layer whose own arrays have their places: what writes it into plans. */
export interface PlacedLayer {
  forward(context: PlanContext, arrays: ForwardArrays): void
  backward(context: PlanContext, arrays: BackwardArrays): void
}

/** A layer fitted to the shape of its samples. */
export interface LaidLayer {
  readonly outputShape: Shape
  readonly tensors: readonly TensorSpec[]
  /** Arrays that training changes without a gradient. */
  readonly statistics: readonly TensorSpec[]
  /** Whether output may lie where input does, and its gradient likewise: then no second arrays are laid out. */
  readonly inPlace: boolean
  /** Which of the activations its backward pass reads: they must not be overwritten before. */
  readonly backwardReads: readonly ('input' | 'output')[]
  /** An element-wise function whose derivative follows from its output: the layer before may take it over. */
  readonly activation?: Activation
  /** The layer together with the activation that follows it, in one pass over its output. */
  withActivation?(activation: Activation): LaidLayer
  /** Whether threads can share its inputs: of a dense layer. */
  readonly dense?: FirstDense
  /**
   * Takes the arrays that it keeps for batches of up to `rows`; those for backward passes only where `gradients`. A share is
   * only given to a first layer that is `dense`.
   */
  place(arena: Arena, rows: number, gradients: boolean, share?: InputShare): PlacedLayer
}

/** A function of a batch of samples. */
export interface Layer {
  readonly name: string
  /** Fits it to samples of a shape; throws RangeError where it does not fit. */
  lay(input: Shape): LaidLayer
}

/** Of a layer that trains nothing. */
export const noTensors = { tensors: [], statistics: [] } as const
