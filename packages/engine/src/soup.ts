import { createHash } from 'node:crypto'
import type { RunDocument } from '@thalweg/document'
import {
  greedySoup,
  negativeLogLikelihood,
  type SoupMember,
  type Tensor,
  uniformSoup,
} from '@thalweg/ensembles'
import { createWorkspace } from '@thalweg/kernels'
import { type Backend, createTeam } from '@thalweg/kernels/node'
import type { EnsembleMember } from './ensemble-members.ts'
import { describeData, fillWeights, type ModelFile, modelOfFile } from './model-file.ts'
import { createNormRefresh, normRefreshBytes } from './norm-refresh.ts'
import { predictorOf } from './predictor.ts'
import { readRunData } from './run-data.ts'
import { createStreams } from './streams.ts'

/** One model whose weights are the mean of others'. */
export interface MixedModel {
  readonly file: ModelFile
  /** Each member's share, of sum 1. */
  readonly weights: readonly number[]
  /** Why it is not to be trusted: members that share no start. */
  readonly warning: string | undefined
}

export interface SoupParts {
  readonly members: readonly EnsembleMember[]
  readonly environment: { readonly dataDirectory: string | undefined; readonly backend?: Backend | undefined }
}

/** Validation samples as they were read, that a greedy soup is tasted on. */
export interface Tasting {
  readonly samples: Float32Array
  readonly labels: Int32Array
}

/**
 * The mean of the members' weights: of all, or, where there is something to taste by, of those that do not raise the loss.
 * Running statistics are averaged while it is tasted, and then measured anew on the training part; a member alone stays as it
 * is. Throws TypeError or RangeError where tensors differ.
 */
export async function mixWeights(
  { members, environment }: SoupParts,
  tasting?: Tasting,
): Promise<MixedModel> {
  const [{ file: first }] = members
  const soupMembers = members.map(({ name, file }): SoupMember<Record<string, Tensor>> => {
    return { name, weights: { ...file.tensors }, origin: originOf(file) }
  })
  const options = { allowDifferentOrigins: true }
  const score = (tensors: Record<string, Tensor>, { samples, labels }: Tasting) =>
    -lossOfFile({ ...first, tensors }, samples, labels)
  const soup =
    tasting === undefined
      ? { ...uniformSoup(soupMembers, options), chosen: members.map((_, index) => index) }
      : greedySoup(soupMembers, { ...options, score: (tensors) => score(tensors, tasting) })
  const { chosen, warning } = soup
  const weights = members.map((_, index) => (chosen.includes(index) ? 1 / chosen.length : 0))
  if (chosen.length === 1) return { file: members[chosen[0]].file, weights, warning: undefined }
  const file = await refreshed({ ...first, tensors: soup.weights }, environment)
  return { file, weights, warning }
}

function lossOfFile(file: ModelFile, samples: Float32Array, labels: Int32Array): number {
  const predictor = predictorOf({
    combine: 'probabilities',
    members: [{ name: 'the soup', weight: 1, file }],
  })
  return negativeLogLikelihood(predictor.predict(samples), labels, predictor.classes)
}

/** What decides the weights that training started from. */
function originOf({ document: { model, precision, seed }, input, classes }: ModelFile): string {
  const text = JSON.stringify([model, precision, seed, input, classes])
  return `seed ${seed}, start ${createHash('sha256').update(text).digest('hex').slice(0, 8)}`
}

/** The file with statistics of its own, where the model keeps any, and the preprocessing that they were measured with. */
async function refreshed(
  file: ModelFile,
  { dataDirectory, backend }: SoupParts['environment'],
): Promise<ModelFile> {
  const model = modelOfFile(file, backend === undefined ? {} : { products: backend.products })
  const document = wholeDocument(file.document)
  const data = await readRunData(document, dataDirectory, createStreams(document.seed))
  try {
    const { preprocessing } = describeData(data, data.preprocessing)
    const own = { ...file, document, preprocessing }
    if (model.statistics.length === 0) return own
    const { train } = data
    const workspace = createWorkspace({
      bytes: model.weightBytes + normRefreshBytes(document, model, train) + 65_536,
    })
    const team = await createTeam(workspace, { threads: 1 })
    const weights = model.weights(workspace)
    fillWeights(model, weights, file.tensors)
    await createNormRefresh({ document, model, workspace, team, train })?.refresh(weights)
    const statistics = model.statistics.map(({ name, offset, length }) => {
      return [name, weights.statistics.slice(offset, offset + length)] as const
    })
    return { ...own, tensors: { ...file.tensors, ...Object.fromEntries(statistics) } }
  } finally {
    await data.close()
  }
}

/** Of a fold's document that of all folds. */
function wholeDocument(document: RunDocument): RunDocument {
  const { fold: _, ...dataset } = document.dataset
  return { ...document, dataset }
}
