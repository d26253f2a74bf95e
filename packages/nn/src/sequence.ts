import type { Activation } from '@thalweg/kernels'
import type { Arena } from './arena.ts'
import type { FirstDense, InputShare } from './input-share.ts'
import type {
  Addresses,
  BackwardArrays,
  ForwardArrays,
  LaidLayer,
  Layer,
  PlacedLayer,
  PlanContext,
  TensorSpec,
} from './layer.ts'
import { type Shape, sizeOf } from './shape.ts'

/** A layer of a sequence, fitted, and its name in it: `dense2`. */
interface Stage {
  readonly name: string
  readonly laid: LaidLayer
  readonly outputs: number
}

/** Layers one after another, fitted to the shape of their samples. */
export interface Sequence {
  readonly outputShape: Shape
  /** Named by layer and count: `dense1.weight`. */
  readonly tensors: readonly TensorSpec[]
  readonly statistics: readonly TensorSpec[]
  /** The first layer, if it is a dense one. */
  readonly firstDense: FirstDense | undefined
  /** Takes arrays for batches of up to `rows`; without gradients for forward passes alone. */
  place(arena: Arena, rows: number, options: PlaceOptions): PlacedSequence
}

interface PlaceOptions {
  /** Whether the input's array is free for results. */
  readonly mayOverwriteInput: boolean
  readonly gradients: boolean
  /** Of the first layer's inputs. */
  readonly share?: InputShare | undefined
}

/** A sequence with arrays. */
export interface PlacedSequence {
  /** Appends the forward pass; returns the address of its output. */
  forward(context: PlanContext, input: number, tensors: Addresses, statistics: Addresses): number
  /** The address of the output for an input. */
  outputIn(input: number): number
  /** Where the gradient of the output is to be written before `backward`; free after it, for one of the input too. */
  readonly outputGradient: number
  /** Appends the backward pass; the gradient of the input goes to `inputGradient`, if given. */
  backward(context: PlanContext, arrays: SequenceBackward): void
}

interface SequenceBackward {
  readonly input: number
  readonly inputGradient: number | undefined
  readonly tensors: Addresses
  readonly statistics: Addresses
  readonly tensorGradients: Addresses
}

/** Fits layers to samples of a shape, one after another; an activation joins the layer before it where that can take it. */
export function laySequence(layers: readonly Layer[], input: Shape): Sequence {
  const stages: Stage[] = []
  const counts = new Map<string, number>()
  let shape = input
  for (const layer of layers) {
    const count = (counts.get(layer.name) ?? 0) + 1
    counts.set(layer.name, count)
    const laid = layer.lay(shape)
    shape = laid.outputShape
    const before = stages.at(-1)
    const joined = joinedWith(before?.laid, laid.activation)
    if (before !== undefined && joined !== undefined) stages.splice(-1, 1, { ...before, laid: joined })
    else stages.push({ name: `${layer.name}${count}`, laid, outputs: sizeOf(shape) })
  }
  const named = (kind: 'tensors' | 'statistics'): TensorSpec[] =>
    stages.flatMap(({ name, laid }) => laid[kind].map((spec) => ({ ...spec, name: `${name}.${spec.name}` })))
  return {
    outputShape: shape,
    tensors: named('tensors'),
    statistics: named('statistics'),
    firstDense: stages[0]?.laid.dense,
    place: (arena, rows, options) => placeSequence(stages, sizeOf(input), arena, rows, options),
  }
}

function joinedWith(
  before: LaidLayer | undefined,
  activation: Activation | undefined,
): LaidLayer | undefined {
  return activation === undefined ? undefined : before?.withActivation?.(activation)
}

/** Whether each stage's output lies in the array of its input: only where nobody reads what was there before. */
function stagesInPlace(stages: readonly Stage[], { mayOverwriteInput, gradients }: PlaceOptions): boolean[] {
  let free = mayOverwriteInput
  return stages.map(({ laid }) => {
    const here = laid.inPlace && free
    free = !(gradients && laid.backwardReads.includes('output'))
    return here
  })
}

function placeSequence(
  stages: readonly Stage[],
  inputs: number,
  arena: Arena,
  rows: number,
  options: PlaceOptions,
): PlacedSequence {
  const { gradients, share } = options
  const inPlace = stagesInPlace(stages, options)
  const placed: PlacedLayer[] = []
  const outputs: (number | undefined)[] = []
  for (const [index, { laid, outputs: width }] of stages.entries()) {
    outputs.push(inPlace[index] ? undefined : arena.array(rows * width))
    placed.push(laid.place(arena, rows, gradients, index === 0 ? share : undefined))
  }
  // Gradients of activations go back and forth between two arrays: only one at a time is wanted.
  const widest = Math.max(inputs, ...stages.map((stage) => stage.outputs))
  const pair = gradients ? [arena.array(rows * widest), arena.array(rows * widest)] : [0, 0]

  /** Every stage's arrays: those in place have the same for input and output. */
  function forwardArrays(input: number, tensors: Addresses, statistics: Addresses): ForwardArrays[] {
    let at = input
    return stages.map(({ name }, index) => {
      const arrays = {
        input: at,
        output: outputs[index] ?? at,
        tensors: within(name, tensors),
        statistics: within(name, statistics),
      }
      at = arrays.output
      return arrays
    })
  }

  return {
    outputIn: (input) => outputs.findLast((output) => output !== undefined) ?? input,
    outputGradient: pair[0],
    forward(context, input, tensors, statistics) {
      const arrays = forwardArrays(input, tensors, statistics)
      for (const [index, layer] of placed.entries()) layer.forward(context, arrays[index])
      return arrays.at(-1)?.output ?? input
    },
    backward(context, { input, inputGradient, tensors, statistics, tensorGradients }) {
      const arrays = forwardArrays(input, tensors, statistics)
      let [outputGradient, other] = pair
      for (let index = stages.length - 1; index >= 0; index--) {
        const next = inPlace[index] ? outputGradient : other
        const stage: BackwardArrays = {
          ...arrays[index],
          outputGradient,
          inputGradient: index === 0 ? inputGradient : next,
          tensorGradients: within(stages[index].name, tensorGradients),
        }
        placed[index].backward(context, stage)
        if (next === other) [outputGradient, other] = [other, outputGradient]
      }
    },
  }
}

function within(stage: string, addresses: Addresses): Addresses {
  return (name) => addresses(`${stage}.${name}`)
}
