import type { CombinationDocument, EnsembleReport, RunDocument, SeriesKey } from '@thalweg/document'
import type { Backend } from '@thalweg/kernels/node'
import { type EnsembleFile, encodeEnsemble } from './ensemble-file.ts'
import {
  checkEnough,
  type EnsembleInput,
  type EnsembleMember,
  membersOf,
  type PartPredictions,
  predictParts,
} from './ensemble-members.ts'
import { ensembleReport } from './ensemble-report.ts'
import { combinePredictions, type EnsembleRule } from './ensemble-rule.ts'
import { bestMembers, checkSelection, selectionWeights } from './ensemble-selection.ts'
import { scoreValues } from './final-scores.ts'
import { encodeModelFile } from './model-file.ts'
import { predictionTimeOf } from './prediction-time.ts'
import { predictorOf } from './predictor.ts'
import { type RunData, readRawData } from './run-data.ts'
import { type PartScores, reportJson } from './scores.ts'
import { mixWeights } from './soup.ts'
import type { TrainingArtifact } from './training.ts'

export interface EnsembleEnvironment {
  /** Where file data sets lie, one folder a set; undefined where none is configured. */
  readonly dataDirectory: string | undefined
  /** What computes matrix products; our own kernels by default. The bits of the report depend on it. */
  readonly backend?: Backend | undefined
}

/** Many models made into one. */
export interface CombinedEnsemble {
  /** `test.loss`, `test.accuracy`, `test.brier`, `test.calibrationError` of the ensemble, and the same of `validation.`. */
  readonly values: Readonly<Partial<Record<SeriesKey, number>>>
  /** `model.safetensors`, for `loadPredictor` and a student's `teacher`, and `report.json`, an EnsembleReport. */
  readonly artifacts: readonly TrainingArtifact[]
  readonly report: EnsembleReport
  /** What is to be known beside the scores: members that are left out, weights of different starts. */
  readonly message?: string
  /** For 1,000 samples. */
  readonly predictionTimeMs: number
}

type Member = EnsembleMember & { readonly predictions: PartPredictions }

/** The ensemble of members, and what it says of the data. */
interface Mixture {
  readonly predictions: PartPredictions
  readonly weights: readonly number[]
  readonly data: Uint8Array
  readonly warning?: string | undefined
}

/**
 * Combines the models that runs have left as an ensemble's document says, and measures it and each member on the validation
 * and the test part of the document's data. The same inputs give the same bits, but for times.
 *
 * Rejects with EnsembleError where fewer than `minMembers` (all, by default) models are left, members do not fit the data, or
 * a choice needs validation samples and there are none; with TypeError or RangeError for weights that cannot be averaged.
 */
export async function combineMembers(
  document: RunDocument,
  inputs: readonly EnsembleInput[],
  environment: EnsembleEnvironment,
): Promise<CombinedEnsemble> {
  const { ensemble } = document
  if (ensemble === undefined) throw new TypeError('combineMembers: the document has no "ensemble"')
  const { members: all, leftOut } = membersOf(inputs)
  const expected = ensemble.count ?? all.length + leftOut.length
  checkEnough(all, leftOut, ensemble.minMembers ?? expected)
  const data = await readRawData(document, environment.dataDirectory)
  try {
    checkSelection(ensemble, data.validation.samples)
    const predicted: Member[] = []
    for (const member of all) {
      predicted.push({
        ...member,
        predictions: await predictParts(member, data, environment.backend?.products),
      })
    }
    const members = chosenMembers(ensemble, predicted, data)
    const mixture = await mix(ensemble, members, data, environment)
    const { validation, test } = data
    const report = ensembleReport({
      members: members.map((member, index) => ({ ...member, weight: mixture.weights[index] })),
      leftOut,
      ensemble: mixture.predictions,
      labels: { validation: validation.labels, ...(test !== undefined && { test: test.labels }) },
      classes: data.classes,
    })
    const message = messageOf(leftOut, mixture.warning)
    return {
      values: valuesOf(report.ensemble.scores),
      artifacts: [
        { name: 'model.safetensors', mediaType: 'application/octet-stream', data: mixture.data },
        { name: 'report.json', mediaType: 'application/json', data: reportJson(report) },
      ],
      report,
      ...(message !== '' && { message }),
      predictionTimeMs: mixture.predictions.timeMs,
    }
  } finally {
    await data.close()
  }
}

function chosenMembers(
  ensemble: CombinationDocument,
  members: readonly Member[],
  data: RunData,
): readonly Member[] {
  if (ensemble.count === undefined) return members
  return bestMembers(ensemble, tablesOf(members, data)).map((index) => members[index])
}

function tablesOf(members: readonly Member[], { validation, classes }: RunData) {
  const tables = members.flatMap(({ name, predictions }) => {
    return predictions.validation === undefined ? [] : [{ name, predictions: predictions.validation }]
  })
  return { members: tables, labels: validation.labels, classes }
}

function mix(
  ensemble: CombinationDocument,
  members: readonly Member[],
  data: RunData,
  environment: EnsembleEnvironment,
): Promise<Mixture> | Mixture {
  const { combine } = ensemble
  return combine === 'weights' || combine === 'greedyWeights'
    ? mixOfWeights(combine === 'greedyWeights', members, data, environment)
    : mixOfPredictions(ensemble, combine, members, data, environment)
}

function mixOfPredictions(
  ensemble: CombinationDocument,
  combine: EnsembleRule,
  members: readonly Member[],
  data: RunData,
  { backend }: EnsembleEnvironment,
): Mixture {
  const weights =
    ensemble.select.name === 'all'
      ? members.map(() => 1 / members.length)
      : selectionWeights(ensemble, tablesOf(members, data))
  const inUse = members.flatMap((member, index) =>
    weights[index] > 0 ? [{ ...member, weight: weights[index] }] : [],
  )
  const shares = { classes: data.classes, weights: inUse.map(({ weight }) => weight) }
  const of = (part: 'validation' | 'test') => {
    const tables = inUse.flatMap(({ name, predictions }) => {
      const own = predictions[part]
      return own === undefined ? [] : [{ name, predictions: own }]
    })
    return tables.length === 0 ? {} : { [part]: combinePredictions(combine, tables, shares) }
  }
  const file: EnsembleFile = { combine, members: inUse }
  return {
    weights,
    data: encodeEnsemble(file),
    predictions: {
      ...of('validation'),
      ...of('test'),
      timeMs: predictionTimeOf(
        predictorOf(file, backend === undefined ? {} : { products: backend.products }),
      ),
    },
  }
}

async function mixOfWeights(
  isGreedy: boolean,
  members: readonly Member[],
  data: RunData,
  environment: EnsembleEnvironment,
): Promise<Mixture> {
  const { labels } = data.validation
  const tasting = isGreedy ? { samples: await featuresOf(data), labels } : undefined
  const { file, weights, warning } = await mixWeights({ members, environment }, tasting)
  const soup: EnsembleMember = { input: 0, name: 'the mean of the weights', model: 'model.safetensors', file }
  const predictions = await predictParts(soup, data, environment.backend?.products)
  return {
    weights,
    warning,
    data: encodeModelFile(file),
    predictions,
  }
}

/** All validation samples, as they were read. */
async function featuresOf({ validation, input: [width] }: RunData): Promise<Float32Array> {
  const features = new Float32Array(validation.samples * width)
  await validation.read(Int32Array.from(validation.labels.keys()), validation.samples, features)
  return features
}

function valuesOf(scores: PartScores): CombinedEnsemble['values'] {
  const values: Partial<Record<SeriesKey, number>> = { ...scoreValues(scores) }
  for (const part of ['validation', 'test'] as const) {
    const of = scores[part]
    if (of === undefined) continue
    values[`${part}.loss`] = of.loss
    values[`${part}.accuracy`] = of.accuracy
  }
  return values
}

function messageOf(
  leftOut: readonly { readonly name: string; readonly why: string }[],
  warning: string | undefined,
) {
  const left = leftOut.map(({ name, why }) => `${name} (${why})`).join('; ')
  return [
    ...(left === '' ? [] : [`without ${left}`]),
    ...(warning === undefined ? [] : [`the mean of the weights is not to be trusted: ${warning}`]),
  ].join('. ')
}
