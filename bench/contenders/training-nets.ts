/** A layer of a net. A convolution is 3x3 with stride 1 and padding 1, a pool 2x2 with stride 2. */
export type NetLayer =
  | { readonly kind: 'dense'; readonly units: number }
  | { readonly kind: 'conv2d'; readonly filters: number }
  | { readonly kind: 'relu' }
  | { readonly kind: 'maxPool' }

/** A classifier: layers, then softmax cross-entropy, averaged over the batch. */
export interface Net {
  readonly name: string
  /** Dimensions of a sample: [features], or [rows, columns, channels]. */
  readonly input: readonly number[]
  /** The outputs of the last one are the classes; the first dense layer after an image flattens it as it lies. */
  readonly layers: readonly NetLayer[]
  readonly batch: number
}

/** A layer that is trained, and the samples it gets: weights [...kernel, inputs, outputs] and one bias an output. */
export interface TrainedLayer {
  readonly inputShape: readonly number[]
  readonly weightShape: readonly number[]
  readonly outputs: number
  /** Multiplications of its forward pass, for one sample. */
  readonly products: number
}

/** What is measured. */
export const nets: readonly Net[] = [
  mlp([3072, 100, 100, 100, 100, 10], 100),
  mlp([784, 512, 512, 10], 128),
  mlp([2, 32, 32, 2], 32),
  {
    name: 'conv 32-64, pool, dense 10',
    input: [32, 32, 3],
    layers: [
      { kind: 'conv2d', filters: 32 },
      { kind: 'relu' },
      { kind: 'conv2d', filters: 64 },
      { kind: 'relu' },
      { kind: 'maxPool' },
      { kind: 'dense', units: 10 },
    ],
    batch: 64,
  },
]

function mlp([features, ...widths]: readonly number[], batch: number): Net {
  const layers = widths.flatMap((units): NetLayer[] => [{ kind: 'dense', units }, { kind: 'relu' }])
  return { name: [features, ...widths].join('-'), input: [features], layers: layers.slice(0, -1), batch }
}

/** The trained layers, first to last. */
export function trainedLayers(net: Net): TrainedLayer[] {
  const trained: TrainedLayer[] = []
  let shape = net.input
  for (const layer of net.layers) {
    const inputShape = shape
    if (layer.kind === 'maxPool') {
      shape = [shape[0] / 2, shape[1] / 2, shape[2]]
    } else if (layer.kind === 'conv2d') {
      const weightShape = [3, 3, shape[2], layer.filters]
      shape = [shape[0], shape[1], layer.filters]
      const products = shape[0] * shape[1] * sizeOf(weightShape)
      trained.push({ inputShape, weightShape, outputs: layer.filters, products })
    } else if (layer.kind === 'dense') {
      const weightShape = [sizeOf(shape), layer.units]
      shape = [layer.units]
      trained.push({ inputShape, weightShape, outputs: layer.units, products: sizeOf(weightShape) })
    }
  }
  return trained
}

export function classesOf(net: Net): number {
  return trainedLayers(net).at(-1)?.outputs ?? 0
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1)
}

/**
 * Floating-point operations of the matrix products and convolutions of one training step: two for a product, and as
 * many products for the gradient of the weights and for that of the input, which the first layer does not need. Those
 * of a direct convolution: Winograd's needs fewer.
 */
export function stepOperations(net: Net): number {
  const passes = trainedLayers(net).map(({ products }, index) => products * (index === 0 ? 2 : 3))
  return 2 * net.batch * passes.reduce((sum, products) => sum + products, 0)
}
