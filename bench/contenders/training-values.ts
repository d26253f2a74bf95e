import { classesOf, type Net, sizeOf, trainedLayers } from './training-nets.ts'

/** What every contender starts from. Images lie [rows, columns, channels]. */
export interface StartValues {
  /** [batch, ...input] */
  readonly features: Float32Array
  /** [batch], from 0 to classes - 1 */
  readonly labels: Int32Array
  /** A layer each, in the order of its `weightShape`; every bias starts at 0. */
  readonly weights: readonly Float32Array[]
}

/**
 * Weights uniform in ±sqrt(6 / fan-in), features uniform in [-1, 1), labels without rule: the same in every language,
 * `training-pytorch.py` has the same formula. Source of the bound: He et al. 2015, arXiv:1502.01852.
 */
export function startValues(net: Net): StartValues {
  const classes = classesOf(net)
  return {
    features: Float32Array.from({ length: net.batch * sizeOf(net.input) }, (_, index) => uniform(0, index)),
    labels: Int32Array.from({ length: net.batch }, (_, row) =>
      Math.floor(((uniform(1, row) + 1) / 2) * classes),
    ),
    weights: trainedLayers(net).map(({ weightShape, outputs }, layer) => {
      const length = sizeOf(weightShape)
      const bound = Math.sqrt((6 * outputs) / length)
      return Float32Array.from({ length }, (_, index) => bound * uniform(2 + layer, index))
    }),
  }
}

/** Number `index` of a stream, in [-1, 1). Source of the mixing: Chris Wellons, hash-prospector, lowbias32. */
function uniform(stream: number, index: number): number {
  let bits = stream * 2 ** 24 + index
  bits = Math.imul(bits ^ (bits >>> 16), 0x7feb352d)
  bits = Math.imul(bits ^ (bits >>> 15), 0x846ca68b)
  return ((bits ^ (bits >>> 16)) >>> 0) / 2 ** 31 - 1
}

/** A row-major array with its dimensions in another order: dimension `order[i]` of the old is number i of the new. */
export function transposed(
  values: Float32Array,
  shape: readonly number[],
  order: readonly number[],
): Float32Array<ArrayBuffer> {
  const strides = shape.map((_, dimension) => sizeOf(shape.slice(dimension + 1)))
  const result = new Float32Array(values.length)
  const position = shape.map(() => 0)
  for (let index = 0; index < result.length; index++) {
    result[index] = values[order.reduce((sum, dimension, i) => sum + strides[dimension] * position[i], 0)]
    for (let i = order.length - 1; i >= 0 && ++position[i] === shape[order[i]]; i--) position[i] = 0
  }
  return result
}
