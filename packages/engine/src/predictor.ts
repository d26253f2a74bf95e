import { softmax } from '@thalweg/ensembles'
import type { MatrixProducts } from '@thalweg/kernels'
import { decodeEnsemble, type EnsembleFile } from './ensemble-file.ts'
import { combinePredictions } from './ensemble-rule.ts'
import { ModelFileError } from './model-file-error.ts'
import { createModelPredictor } from './model-predictor.ts'

/** A stored model or ensemble that answers for samples as they are read. */
export interface Predictor {
  readonly classes: number
  readonly classNames?: readonly string[]
  /** Numbers of a sample. */
  readonly features: number
  /**
   * Class probabilities [rows, classes] of samples [rows, features] before preprocessing, images with their channels first.
   * `temperature`, in (0, ∞), divides every model's outputs before the softmax; 1 by default. Throws RangeError for another
   * number of features, a temperature out of range, and samples for which the outputs are not finite.
   */
  predict(samples: Float32Array, options?: { readonly temperature?: number }): Float64Array
}

/**
 * Loads a model that `saveModel` wrote, or an ensemble of `combineMembers`. Throws SafetensorsError and ModelFileError; the
 * latter for models of another loss than softmax cross-entropy as well, which know no probabilities.
 */
export function loadPredictor(
  bytes: Uint8Array,
  options: { readonly products?: MatrixProducts } = {},
): Predictor {
  return predictorOf(decodeEnsemble(bytes), options)
}

/** The predictor of models at hand. */
export function predictorOf(
  { combine, members }: EnsembleFile,
  options: { readonly products?: MatrixProducts } = {},
): Predictor {
  for (const { name, file } of members) {
    const { loss } = file.document
    if (loss.name === 'softmaxCrossEntropy') continue
    throw new ModelFileError(`${name} was trained with ${loss.name}, which knows no probabilities`)
  }
  const predictors = members.map(({ name, file }) => ({ name, model: createModelPredictor(file, options) }))
  const weights = members.map(({ weight }) => weight)
  const [{ model: first }] = predictors
  const { classes, features } = first
  const { classNames } = members[0].file
  return {
    classes,
    features,
    ...(classNames !== undefined && { classNames }),
    predict(samples, { temperature = 1 } = {}) {
      const tables = predictors.map(({ name, model }) => ({
        name,
        predictions: softmax(model.logits(samples), classes, { temperature }),
      }))
      const [only] = tables
      return tables.length === 1
        ? only.predictions
        : combinePredictions(combine, tables, { classes, weights })
    },
  }
}
