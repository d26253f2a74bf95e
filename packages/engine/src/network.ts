import type { LayerDocument, LossDocument, ModelDocument } from '@thalweg/document'
import {
  averagePool,
  batchNorm,
  conv2d,
  dense,
  dropout,
  flatten,
  gelu,
  hinge,
  type Layer,
  type Loss,
  layerNorm,
  leakyRelu,
  maxPool,
  meanSquaredError,
  mlp,
  relu,
  residual,
  sigmoid,
  softmaxCrossEntropy,
  tanh,
} from '@thalweg/nn'

const activations = { relu, leakyRelu, gelu, tanh, sigmoid } as const

/** The layers of a document's model, down to one output for each class. */
export function layersOf(model: ModelDocument, classes: number): readonly Layer[] {
  return model.name === 'mlp'
    ? mlp(model.hidden, classes, () => activations[model.activation]())
    : [...model.layers.map(layerOf), dense(classes)]
}

function layerOf(layer: LayerDocument): Layer {
  switch (layer.name) {
    case 'dense':
      return dense(layer.units)
    case 'conv2d':
      return conv2d(layer)
    case 'maxPool':
      return maxPool(windowOf(layer))
    case 'averagePool':
      return averagePool(windowOf(layer))
    case 'flatten':
      return flatten()
    case 'leakyRelu':
      return leakyRelu(layer.slope)
    case 'gelu':
      return gelu(layer)
    case 'relu':
    case 'tanh':
    case 'sigmoid':
      return activations[layer.name]()
    case 'batchNorm':
      return batchNorm(layer)
    case 'layerNorm':
      return layerNorm(layer)
    case 'dropout':
      return dropout(layer.rate)
    case 'residual':
      return residual(layer.layers.map(layerOf), layer.shortcut.map(layerOf))
  }
}

/** Without a stride, windows lie side by side. */
function windowOf({ size, stride }: Extract<LayerDocument, { name: 'maxPool' | 'averagePool' }>) {
  return stride === undefined ? { size } : { size, stride }
}

/** The loss of a document, against labels. */
export function lossOf(loss: LossDocument): Loss {
  switch (loss.name) {
    case 'softmaxCrossEntropy':
      return softmaxCrossEntropy()
    case 'hinge':
      return hinge(loss)
    case 'meanSquaredError':
      return meanSquaredError({ against: 'labels' })
  }
}
