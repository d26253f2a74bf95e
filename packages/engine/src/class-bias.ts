import { fitBias } from '@thalweg/ensembles'
import type { Model } from '@thalweg/nn'

type Vector = Float32Array | Float64Array

/** What was added to the bias of classes that a transfer set lacked. */
export interface BiasCorrection {
  readonly classes: readonly number[]
  readonly offset: number
  /** Their mean probability on the validation part with it: their share of the training samples. */
  readonly frequency: number
}

export interface ClassBiasParts {
  readonly model: Model
  /** Changed in place. */
  readonly parameters: Vector
  /** The model's outputs before the softmax [rows, classes]. */
  readonly logits: Vector
  readonly classes: readonly number[]
  /** How often they occur, in (0, 1). */
  readonly share: number
}

/**
 * Adds one offset to the biases of the classes that are missing, with which their mean probability over the rows is their
 * share: b_j += offset, fitted without labels. The last layer is dense: one bias for each class.
 * Source: Hinton et al. 2015, arXiv:1503.02531, section 3.
 */
export function correctClassBias({
  model,
  parameters,
  logits,
  classes,
  share,
}: ClassBiasParts): BiasCorrection {
  const bias = model.tensors.at(-1)
  if (bias === undefined || !bias.name.endsWith('.bias') || bias.length !== model.classes) {
    throw new TypeError('distill.biasCorrection: the model has no bias for each class')
  }
  const { offset, frequency } = fitBias(logits, { classes: model.classes, classIndex: classes, prior: share })
  for (const label of classes) parameters[bias.offset + label] += offset
  return { classes, offset, frequency }
}
