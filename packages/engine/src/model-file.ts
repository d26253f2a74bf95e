import { type RunDocument, runSchema } from '@thalweg/document'
import type { MatrixProducts } from '@thalweg/kernels'
import {
  createModel,
  encodeSafetensors,
  type Loss,
  type Model,
  type ModelTensor,
  type SafetensorsContent,
  type Weights,
} from '@thalweg/nn'
import { z } from 'zod'
import { ModelFileError } from './model-file-error.ts'
import { layersOf, lossOf } from './network.ts'
import {
  type DescribedPreprocessing,
  describePreprocessing,
  type Preprocessing,
  preprocessingSchema,
} from './preprocessing.ts'

export type Vector = Float32Array | Float64Array

/** What a model's file says beside the document. */
export interface DataDescription {
  /** Dimensions of a sample: [features], or [rows, columns, channels]. */
  readonly input: readonly number[]
  readonly classes: number
  readonly classNames?: readonly string[] | undefined
}

/** A model as it stands in a file. */
export interface ModelFile extends DataDescription {
  readonly document: RunDocument
  /** Undefined in files of an earlier version. */
  readonly preprocessing?: DescribedPreprocessing | undefined
  /** Tensors and running statistics by name. */
  readonly tensors: Readonly<Record<string, Vector>>
}

export const dataSchema = z.object({
  input: z.array(z.int().min(1)).min(1).max(3),
  classes: z.int().min(1),
  classNames: z.array(z.string()).optional(),
  preprocessing: preprocessingSchema.optional(),
})

export const documentSchema = runSchema

/** What `dataSchema` reads. */
export function describeData(
  { input, classes, classNames }: DataDescription,
  preprocessing: Preprocessing,
): z.output<typeof dataSchema> {
  return {
    input: [...input],
    classes,
    ...(classNames !== undefined && { classNames: [...classNames] }),
    preprocessing: describePreprocessing(preprocessing),
  }
}

/** Tensors and running statistics for a file, each name with a prefix. */
export function namedTensors(
  model: Model,
  { parameters, statistics }: Pick<Weights, 'parameters' | 'statistics'>,
) {
  const named = (vector: Vector, tensors: readonly ModelTensor[]) =>
    tensors.map(({ name, shape, offset, length }) => {
      return [name, { shape, data: vector.slice(offset, offset + length) }] as const
    })
  return Object.fromEntries([...named(parameters, model.tensors), ...named(statistics, model.statistics)])
}

/** A file like `encodeModel`'s, of a model that stood in others. */
export function encodeModelFile(file: ModelFile): Uint8Array {
  const { document, input, classes, classNames, preprocessing } = file
  const { tensors, statistics } = modelOfFile(file)
  const named = [...tensors, ...statistics].map(({ name, shape }) => {
    return [name, { shape, data: file.tensors[name] }] as const
  })
  return encodeSafetensors(Object.fromEntries(named), {
    document: JSON.stringify(document),
    data: JSON.stringify({ input, classes, classNames, preprocessing }),
  })
}

/** The model of a file; with the loss of its document unless another is given. */
export function modelOfFile(
  { document, input, classes }: Pick<ModelFile, 'document' | 'input' | 'classes'>,
  {
    products,
    loss = lossOf(document.loss),
  }: { readonly products?: MatrixProducts; readonly loss?: Loss } = {},
): Model {
  return createModel(layersOf(document.model, classes), {
    input,
    precision: document.precision,
    loss,
    ...(products !== undefined && { products }),
  })
}

/** Puts a file's numbers where a model's weights lie. */
export function fillWeights(
  model: Model,
  { parameters, statistics }: Pick<Weights, 'parameters' | 'statistics'>,
  tensors: ModelFile['tensors'],
): void {
  for (const { name, offset } of model.tensors) parameters.set(tensors[name], offset)
  for (const { name, offset } of model.statistics) statistics.set(tensors[name], offset)
}

/** The tensors of a model, checked: exactly those it has, of its shapes and precision. Throws ModelFileError. */
export function tensorsOf(
  { precision, tensors: trained, statistics }: Model,
  tensors: SafetensorsContent['tensors'],
): Record<string, Vector> {
  const vectors = Object.fromEntries(
    [...trained, ...statistics].map(({ name, shape }) => [
      name,
      checked(name, Object.hasOwn(tensors, name) ? tensors[name] : undefined, shape, precision),
    ]),
  )
  const unknown = Object.keys(tensors).filter((name) => !Object.hasOwn(vectors, name))
  if (unknown.length > 0) throw new ModelFileError(`the model has no ${unknown.join(', ')}`)
  return vectors
}

/** What stands in the metadata as JSON. Throws ModelFileError. */
export function metadataOf<T>({ metadata }: SafetensorsContent, name: string, schema: z.ZodType<T>): T {
  const text = Object.hasOwn(metadata, name) ? metadata[name] : undefined
  if (text === undefined) throw new ModelFileError(`its metadata has no "${name}"`)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new ModelFileError(`"${name}" in its metadata is not JSON`)
  }
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const [{ path, message }] = parsed.error.issues
  throw new ModelFileError(`"${name}" in its metadata, /${path.join('/')}: ${message}`)
}

function checked(
  name: string,
  tensor: SafetensorsContent['tensors'][string] | undefined,
  shape: readonly number[],
  precision: RunDocument['precision'],
): Vector {
  const data = tensor?.data
  const expected = `${precision} [${shape.join(', ')}]`
  if (tensor === undefined || data === undefined) throw new ModelFileError(`${name} ${expected} is missing`)
  const isExpected = precision === 'f32' ? data instanceof Float32Array : data instanceof Float64Array
  if (!isExpected || String(tensor.shape) !== String(shape)) {
    const received = `${data.constructor.name} [${tensor.shape.join(', ')}]`
    throw new ModelFileError(`${name} must be ${expected}, got ${received}`)
  }
  return data as Vector
}
