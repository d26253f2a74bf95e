import type { RunDocument } from '@thalweg/document'
import type { MatrixProducts } from '@thalweg/kernels'
import { decodeSafetensors } from '@thalweg/nn'
import { EnsembleError } from './ensemble-error.ts'
import type { ModelFile } from './model-file.ts'
import { predictSamples } from './predict-samples.ts'
import { predictionTimeOf } from './prediction-time.ts'
import { predictorOf } from './predictor.ts'
import type { RunData } from './run-data.ts'
import { readModelFile } from './saved-model.ts'

/** What is left of a member's run. */
export interface EnsembleInput {
  /** For reports and errors, such as `seed 3`. */
  readonly name: string
  readonly state: string
  /** Why it did not succeed. */
  readonly message?: string | undefined
  readonly document: RunDocument
  /**
   * The run's artifacts; those that are no models are passed over. Of a run with snapshots `snapshot1.safetensors` … are the
   * members, of another one `model.safetensors`.
   */
  readonly models: readonly { readonly name: string; readonly data: Uint8Array }[]
}

/** A model that may be combined with others. */
export interface EnsembleMember {
  /** Which of the inputs it is from, from 0. */
  readonly input: number
  readonly name: string
  /** The artifact's name. */
  readonly model: string
  readonly file: ModelFile
}

/** An input that gives no member. */
export interface LeftOut {
  readonly input: number
  readonly name: string
  readonly why: string
}

/** The models of those that succeeded, in their order, and who left none. Throws ModelFileError for a damaged file. */
export function membersOf(inputs: readonly EnsembleInput[]): {
  readonly members: readonly EnsembleMember[]
  readonly leftOut: readonly LeftOut[]
} {
  const members: EnsembleMember[] = []
  const leftOut: LeftOut[] = []
  for (const [input, each] of inputs.entries()) {
    const { name, state, message } = each
    const models = state === 'succeeded' ? modelsOf(each) : []
    if (models.length === 0) {
      const why = state === 'succeeded' ? 'it left no model' : `${state}${message ? `: ${message}` : ''}`
      leftOut.push({ input, name, why })
    }
    for (const { name: model, data } of models) {
      const label = models.length === 1 ? name : `${name}, ${model.replace('.safetensors', '')}`
      members.push({ input, name: label, model, file: readModelFile(decodeSafetensors(data)) })
    }
  }
  return { members, leftOut }
}

function modelsOf({ document, models }: EnsembleInput): EnsembleInput['models'] {
  if (document.snapshots === undefined) return models.filter(({ name }) => name === 'model.safetensors')
  const cycle = (name: string): number => Number(/^snapshot(\d{1,6})\.safetensors$/.exec(name)?.[1])
  return models.filter(({ name }) => cycle(name) >= 1).toSorted((a, b) => cycle(a.name) - cycle(b.name))
}

/** Throws EnsembleError, which says who failed and why, where there are fewer members than there must be. */
export function checkEnough(
  members: readonly EnsembleMember[],
  leftOut: readonly LeftOut[],
  least: number,
): void {
  if (members.length >= least && members.length > 0) return
  const failed = leftOut.map(({ name, why }) => `${name} (${why})`).join('; ')
  const reason = failed === '' ? '' : `; left out: ${failed}`
  const needed = Math.max(least, 1)
  const wanted = needed === 1 ? '1 member' : `${needed} members`
  throw new EnsembleError(
    `needs ${wanted}, and there ${members.length === 1 ? 'is' : 'are'} ${members.length}${reason}`,
  )
}

/** A model's probabilities [samples, classes] on the parts that there are, and its time for 1,000 samples. */
export interface PartPredictions {
  readonly validation?: Float64Array
  readonly test?: Float64Array
  readonly timeMs: number
}

/** Asks one model about the parts of the data, which are as they were read. */
export async function predictParts(
  { name, file }: EnsembleMember,
  data: RunData,
  products: MatrixProducts | undefined,
): Promise<PartPredictions> {
  const members = [{ name, weight: 1, file }]
  const predictor = predictorOf(
    { combine: 'probabilities', members },
    products === undefined ? {} : { products },
  )
  const [features] = data.input
  if (predictor.features !== features || predictor.classes !== data.classes) {
    const size = (of: { features: number; classes: number }) =>
      `${of.features} features and ${of.classes} classes`
    const expected = size({ features, classes: data.classes })
    throw new EnsembleError(`${name} must have ${expected}, as the data, got ${size(predictor)}`)
  }
  const { validation, test } = data
  return {
    timeMs: predictionTimeOf(predictor),
    ...(validation.samples > 0 && { validation: await predictSamples(predictor, validation) }),
    ...(test !== undefined && { test: await predictSamples(predictor, test) }),
  }
}
