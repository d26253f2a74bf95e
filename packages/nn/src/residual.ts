import { add, copy } from '@thalweg/kernels'
import type { Addresses, BackwardArrays, LaidLayer, Layer, PlanContext, TensorSpec } from './layer.ts'
import { laySequence, type PlacedSequence, type Sequence } from './sequence.ts'
import { type Shape, sizeOf } from './shape.ts'

/**
 * Layers whose output is added to their input, or to what the layers of a shortcut make of it.
 *
 *   y = S(x) + F(x)
 *   dx = dF + dS, each the gradient that comes out of its layers when dy goes in
 *
 * F and S give the same shape; without layers S is the identity. Tensors are named `residual1.dense1.weight`, and
 * `residual1.shortcut.dense1.weight`. Throws RangeError where there are no layers, or shapes differ. Source: He et al. 2015, arXiv:1512.03385.
 */
export function residual(layers: readonly Layer[], shortcut: readonly Layer[] = []): Layer {
  if (layers.length === 0) throw new RangeError('residual: layers must be 1 layer or more, got 0')
  return {
    name: 'residual',
    lay: (shape) =>
      layResidual(
        shape,
        laySequence(layers, shape),
        shortcut.length === 0 ? undefined : laySequence(shortcut, shape),
      ),
  }
}

/** The input belongs to both ways. */
const mayOverwriteInput = false

function layResidual(shape: Shape, branch: Sequence, shortcut: Sequence | undefined): LaidLayer {
  const { outputShape } = shortcut ?? { outputShape: shape }
  if (branch.outputShape.join() !== outputShape.join()) {
    const [got, wanted] = [branch.outputShape, outputShape].map((each) => `[${each.join(', ')}]`)
    throw new RangeError(`residual: layers must give the shape of the shortcut, ${wanted}, got ${got}`)
  }
  const [inputs, outputs] = [sizeOf(shape), sizeOf(outputShape)]
  const named = (kind: 'tensors' | 'statistics'): TensorSpec[] => [
    ...branch[kind],
    ...(shortcut?.[kind] ?? []).map((spec) => ({ ...spec, name: `shortcut.${spec.name}` })),
  ]
  return {
    outputShape,
    tensors: named('tensors'),
    statistics: named('statistics'),
    inPlace: false,
    backwardReads: ['input'],
    place(arena, rows, gradients) {
      const options = { mayOverwriteInput, gradients }
      const placed = branch.place(arena, rows, options)
      const beside = shortcut?.place(arena, rows, options)
      return {
        forward(context, { input, output, tensors, statistics }) {
          const { plan, precision, rows } = context
          const result = placed.forward(context, input, tensors, statistics)
          const added = beside?.forward(context, input, inShortcut(tensors), inShortcut(statistics)) ?? input
          plan.call(add(precision), rows * outputs, 0, added, result, output)
        },
        backward(context, arrays) {
          const { plan, precision, rows } = context
          const { outputGradient, inputGradient, tensors, statistics, tensorGradients } = arrays
          backThrough(placed, context, rows * outputs, arrays, arrays)
          // The branch is done with the array in which its gradient came.
          const added = beside === undefined ? outputGradient : placed.outputGradient
          if (beside !== undefined) {
            backThrough(beside, context, rows * outputs, arrays, {
              inputGradient: inputGradient === undefined ? undefined : added,
              tensors: inShortcut(tensors),
              statistics: inShortcut(statistics),
              tensorGradients: inShortcut(tensorGradients),
            })
          }
          if (inputGradient === undefined) return
          plan.call(add(precision), rows * inputs, 0, inputGradient, added, inputGradient)
        },
      }
    },
  }
}

/** Appends one way's backward pass, which may overwrite the gradient that it is given: a copy, for both ways need it. */
function backThrough(
  way: PlacedSequence,
  context: PlanContext,
  count: number,
  { input, outputGradient }: BackwardArrays,
  rest: Pick<BackwardArrays, 'inputGradient' | 'tensors' | 'statistics' | 'tensorGradients'>,
): void {
  context.plan.call(copy(context.precision), count, 0, outputGradient, way.outputGradient)
  const { inputGradient, tensors, statistics, tensorGradients } = rest
  way.backward(context, { input, inputGradient, tensors, statistics, tensorGradients })
}

function inShortcut(addresses: Addresses): Addresses {
  return (name) => addresses(`shortcut.${name}`)
}
