import {
  type Activation,
  batchNormalization,
  elementBytes,
  momentSums,
  momentsOfSums,
  normalizationGradients,
  normalizationSums,
  normalizeColumns,
  normalizeColumnsBackward,
  runningMoments,
  updateRunningMoments,
} from '@thalweg/kernels'
import type { ForwardArrays, LaidLayer, Layer, PlanContext } from './layer.ts'
import { type Shape, sizeOf } from './shape.ts'

export interface BatchNormOptions {
  /** Share of a batch in the running statistics, in [0, 1]; 0.1 by default. */
  readonly momentum?: number
  /** Added to the variance, above 0; 1e-5 by default. */
  readonly epsilon?: number
}

interface Settings {
  readonly momentum: number
  readonly epsilon: number
}

/**
 * Batch normalisation, of every feature or of every channel over all places.
 *
 *   y = (x - mean) / sqrt(variance + epsilon) scale + shift
 *   running = (1 - momentum) running + momentum batch
 *
 * In training mean and variance are those of the rows planned, the variance over n values; the running ones take it over
 * n - 1, as in PyTorch, and normalise in evaluation. One value alone has no variance: where a plan has one row of features
 * the running statistics normalise in training too, and stay as they are (PyTorch refuses). Threads that share a batch
 * normalise their rows by themselves.
 *
 * Shapes: scale, shift, mean, variance [features] or [channels]. Source: Ioffe & Szegedy 2015, arXiv:1502.03167.
 */
export function batchNorm({ momentum = 0.1, epsilon = 1e-5 }: BatchNormOptions = {}): Layer {
  if (!(momentum >= 0 && momentum <= 1)) {
    throw new RangeError(`batchNorm: momentum must be in [0, 1], got ${momentum}`)
  }
  if (!(epsilon > 0 && epsilon < Infinity)) {
    throw new RangeError(`batchNorm: epsilon must be in (0, ∞), got ${epsilon}`)
  }
  return { name: 'batchNorm', lay: (shape) => layBatchNorm(shape, { momentum, epsilon }, undefined) }
}

function layBatchNorm(shape: Shape, settings: Settings, activation: Activation | undefined): LaidLayer {
  const channels = shape[shape.length - 1]
  const places = sizeOf(shape) / channels
  return {
    outputShape: shape,
    tensors: [
      { name: 'scale', shape: [channels], init: 'ones' },
      { name: 'shift', shape: [channels], init: 'zeros' },
    ],
    statistics: [
      { name: 'mean', shape: [channels], init: 'zeros' },
      { name: 'variance', shape: [channels], init: 'ones' },
    ],
    inPlace: false,
    backwardReads: activation === undefined ? ['input'] : ['input', 'output'],
    ...(activation === undefined && { withActivation: (joined) => layBatchNorm(shape, settings, joined) }),
    place(arena) {
      // Two f64 a channel, which are at most two elements each; and two elements a channel in the backward pass.
      arena.scratch(6 * channels)
      const normalization = arena.array(4 * channels)
      return {
        forward(context, arrays) {
          const { plan, precision, scratch: moments } = context
          const values = context.rows * places
          planMoments(context, arrays, [values, channels], settings.momentum)
          const scale = arrays.tensors('scale')
          plan.call(batchNormalization(precision, settings.epsilon), channels, moments, scale, normalization)
          const sizes = [values, channels, normalization, arrays.tensors('shift')]
          plan.call(normalizeColumns(precision, activation), ...sizes, arrays.input, arrays.output)
        },
        backward(context, { input, output, outputGradient, inputGradient, tensorGradients }) {
          const { plan, precision, scratch: sums } = context
          const values = context.rows * places
          const vectorBytes = channels * elementBytes[precision]
          const [center, rest] = [normalization, normalization + vectorBytes]
          const slopes = sums + 2 * channels * elementBytes.f64
          const read = [sums, center, rest, input, output, outputGradient]
          plan.call(normalizationSums(precision, activation), values, channels, ...read)
          const own = usesBatch(context, values) ? values : 0
          const reciprocal = normalization + 3 * vectorBytes
          const written = [slopes, tensorGradients('scale'), tensorGradients('shift')]
          plan.call(normalizationGradients(precision), own, channels, sums, reciprocal, ...written)
          if (inputGradient === undefined) return
          const arrays = [normalization, slopes, input, outputGradient, inputGradient]
          plan.call(normalizeColumnsBackward(precision), values, channels, ...arrays)
        },
      }
    },
  }
}

/** Whether the rows planned are normalised by their own mean and variance. */
function usesBatch({ mode }: PlanContext, values: number): boolean {
  return mode === 'train' && values > 1
}

/** Appends what leaves the mean and variance to normalise by in the scratch. */
function planMoments(
  context: PlanContext,
  { input, statistics }: ForwardArrays,
  [values, channels]: readonly [values: number, channels: number],
  momentum: number,
): void {
  const { plan, precision, scratch: moments } = context
  const running = [statistics('mean'), statistics('variance')]
  if (!usesBatch(context, values)) {
    plan.call(runningMoments(precision), channels, ...running, moments)
    return
  }
  plan.call(momentSums(precision), values, channels, moments, input, input)
  plan.call(momentsOfSums(precision), values, channels, moments, input)
  if (!context.updatesStatistics) return
  plan.call(updateRunningMoments(precision, momentum), values, channels, moments, ...running)
}
