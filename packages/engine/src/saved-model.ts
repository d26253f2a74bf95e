import { type RunDocument, runSchema } from '@thalweg/document'
import { createPlan, createWorkspace, type MatrixProducts } from '@thalweg/kernels'
import {
  createModel,
  decodeSafetensors,
  encodeSafetensors,
  type Model,
  type ModelTensor,
  type SafetensorsContent,
  type Weights,
} from '@thalweg/nn'
import { z } from 'zod'
import { ModelFileError } from './model-file-error.ts'
import { layersOf, lossOf } from './network.ts'

type Vector = Float32Array | Float64Array

/** What a file says beside the document. */
interface DataDescription {
  readonly input: readonly number[]
  readonly classes: number
  readonly classNames: readonly string[] | undefined
}

/** A model's tensors and running statistics as a safetensors file, with what made it in the metadata. */
export function encodeModel(
  document: RunDocument,
  { input, classes, classNames }: DataDescription,
  model: Model,
  { parameters, statistics }: Weights,
): Uint8Array {
  const named = (vector: Vector, tensors: readonly ModelTensor[]) =>
    tensors.map(({ name, shape, offset, length }) => {
      return [name, { shape, data: vector.slice(offset, offset + length) }] as const
    })
  const tensors = [...named(parameters, model.tensors), ...named(statistics, model.statistics)]
  return encodeSafetensors(Object.fromEntries(tensors), {
    document: JSON.stringify(document),
    data: JSON.stringify({ input, classes, classNames }),
  })
}

/** A model that was saved. */
export interface SavedModel {
  readonly document: RunDocument
  /** Dimensions of a sample: [features], or [rows, columns, channels]. */
  readonly input: readonly number[]
  readonly classes: number
  readonly classNames: readonly string[] | undefined
  /** Tensors and running statistics by name, as they were saved. */
  readonly tensors: Readonly<Record<string, Vector>>
  /**
   * What the model says of samples [rows, features], preprocessed as those that it was trained on: class probabilities
   * [rows, classes], or the outputs where the loss knows none. Throws RangeError for another number of features.
   */
  predict(samples: Vector): Vector
}

const dataDescription = z.object({
  input: z.array(z.int().min(1)).min(1).max(3),
  classes: z.int().min(1),
  classNames: z.array(z.string()).optional(),
})

/**
 * Loads a model that `saveModel` wrote. Throws SafetensorsError for a file that is no safetensors file, ModelFileError for
 * one of another kind, or whose tensors are not those of the model in its metadata.
 */
export function loadModel(
  bytes: Uint8Array,
  { products }: { readonly products?: MatrixProducts } = {},
): SavedModel {
  const content = decodeSafetensors(bytes)
  const document = metadataOf(content, 'document', runSchema)
  const { input, classes, classNames } = metadataOf(content, 'data', dataDescription)
  const model = createModel(layersOf(document.model, classes), {
    input,
    precision: document.precision,
    loss: lossOf(document.loss),
    ...(products !== undefined && { products }),
  })
  const { tensors } = content
  const expected = [...model.tensors, ...model.statistics]
  const vectors = Object.fromEntries(
    expected.map(({ name, shape }) => [name, checked(name, tensors[name], shape, document.precision)]),
  )
  const unknown = Object.keys(tensors).filter((name) => !Object.hasOwn(vectors, name))
  if (unknown.length > 0) throw otherModel(`the model has no ${unknown.join(', ')}`)

  return {
    document,
    input,
    classes,
    classNames,
    tensors: vectors,
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
      for (const [vector, list] of [
        [weights.parameters, model.tensors],
        [weights.statistics, model.statistics],
      ] as const) {
        for (const { name, offset } of list) vector.set(vectors[name], offset)
      }
      const batch = model.batch(workspace, rows, { gradients: false })
      batch.features.set(samples)
      const plan = createPlan(workspace)
      model.planForward(plan, weights, batch, rows, { mode: 'evaluate' })
      plan.compile()()
      return batch.predictions.slice()
    },
  }
}

function metadataOf<T>({ metadata }: SafetensorsContent, name: string, schema: z.ZodType<T>): T {
  const text = Object.hasOwn(metadata, name) ? metadata[name] : undefined
  if (text === undefined) throw otherModel(`its metadata has no "${name}"`)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw otherModel(`"${name}" in its metadata is not JSON`)
  }
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const [{ path, message }] = parsed.error.issues
  throw otherModel(`"${name}" in its metadata, /${path.join('/')}: ${message}`)
}

function checked(
  name: string,
  tensor: SafetensorsContent['tensors'][string] | undefined,
  shape: readonly number[],
  precision: RunDocument['precision'],
): Vector {
  const data = tensor?.data
  const expected = `${precision} [${shape.join(', ')}]`
  if (tensor === undefined || data === undefined) throw otherModel(`${name} ${expected} is missing`)
  const isExpected = precision === 'f32' ? data instanceof Float32Array : data instanceof Float64Array
  if (!isExpected || String(tensor.shape) !== String(shape)) {
    throw otherModel(`${name} must be ${expected}, got ${data.constructor.name} [${tensor.shape.join(', ')}]`)
  }
  return data as Vector
}

function otherModel(message: string): ModelFileError {
  return new ModelFileError(message)
}
