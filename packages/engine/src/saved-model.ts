import type { RunDocument } from '@thalweg/document'
import { createPlan, createWorkspace, type MatrixProducts } from '@thalweg/kernels'
import {
  decodeSafetensors,
  encodeSafetensors,
  type Model,
  type SafetensorsContent,
  type Weights,
} from '@thalweg/nn'
import {
  type DataDescription,
  dataSchema,
  describeData,
  documentSchema,
  fillWeights,
  type ModelFile,
  metadataOf,
  modelOfFile,
  namedTensors,
  tensorsOf,
  type Vector,
} from './model-file.ts'
import type { Preprocessing } from './preprocessing.ts'

/** A model's tensors and running statistics as a safetensors file, with what made it in the metadata. */
export function encodeModel(
  document: RunDocument,
  data: DataDescription & { readonly preprocessing: Preprocessing },
  model: Model,
  weights: Pick<Weights, 'parameters' | 'statistics'>,
): Uint8Array {
  return encodeSafetensors(namedTensors(model, weights), {
    document: JSON.stringify(document),
    data: JSON.stringify(describeData(data, data.preprocessing)),
  })
}

/** A model that was saved. */
export interface SavedModel extends ModelFile {
  readonly classNames: readonly string[] | undefined
  /**
   * What the model says of samples [rows, features], preprocessed as those that it was trained on: class probabilities
   * [rows, classes], or the outputs where the loss knows none. Throws RangeError for another number of features.
   */
  predict(samples: Vector): Vector
}

/** The model of a file that `encodeModel` laid out. Throws ModelFileError. */
export function readModelFile(content: SafetensorsContent): ModelFile {
  const document = metadataOf(content, 'document', documentSchema)
  const data = metadataOf(content, 'data', dataSchema)
  const model = modelOfFile({ document, ...data })
  return { document, ...data, tensors: tensorsOf(model, content.tensors) }
}

/**
 * Loads a model that `saveModel` wrote. Throws SafetensorsError for a file that is no safetensors file, ModelFileError for
 * one of another kind, or whose tensors are not those of the model in its metadata.
 */
export function loadModel(
  bytes: Uint8Array,
  options: { readonly products?: MatrixProducts } = {},
): SavedModel {
  const file = readModelFile(decodeSafetensors(bytes))
  const model = modelOfFile(file, options)
  return {
    ...file,
    classNames: file.classNames,
    predict(samples) {
      const rows = samples.length / model.features
      if (!Number.isInteger(rows) || rows === 0) {
        throw new RangeError(
          `predict: samples must hold a multiple of ${model.features} numbers, got ${samples.length}`,
        )
      }
      const workspace = createWorkspace({
        bytes: model.weightBytes + model.batchBytes(rows, { gradients: false }) + 1024,
      })
      const weights = model.weights(workspace)
      fillWeights(model, weights, file.tensors)
      const batch = model.batch(workspace, rows, { gradients: false })
      batch.features.set(samples)
      const plan = createPlan(workspace)
      model.planForward(plan, weights, batch, rows, { mode: 'evaluate' })
      plan.compile()()
      return batch.predictions.slice()
    },
  }
}
