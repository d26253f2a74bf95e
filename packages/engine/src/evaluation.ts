import type { SeriesKey } from '@thalweg/document'
import { createPlan, partOf, type Workspace } from '@thalweg/kernels'
import type { Team } from '@thalweg/kernels/node'
import type { Model, Weights } from '@thalweg/nn'
import { evaluationRows } from './evaluation-rows.ts'
import type { Samples } from './samples.ts'
import type { Stream } from './streams.ts'

export interface EvaluationParts {
  readonly model: Model
  readonly workspace: Workspace
  readonly team: Team
  readonly weights: Weights
  readonly train: Samples
  /** Further parts by name; empty ones are left out. */
  readonly others: Readonly<Partial<Record<'validation' | 'test', Samples>>>
  /** train.accuracy is measured on this many training samples, drawn with replacement; on all if undefined. */
  readonly trainSamples: number | undefined
  readonly stream: Stream
}

/** Measures a model on the parts of a data set. */
export interface Evaluation {
  /** train.accuracy, and loss and accuracy of validation and test, where the data set has them. */
  measure(): Promise<Measurement>
  /** Loss and accuracy of validation and test at other weights of the same model, which lie in the same workspace. */
  measureAt(weights: Weights): Promise<PartValues>
  /** What the model says of a part, as its loss makes it of the outputs; undefined where the data set has no such part. */
  predict(part: OtherPart): Promise<PartPredictions | undefined>
}

export type OtherPart = 'validation' | 'test'

/** Loss and accuracy of the parts that there are. */
export type PartValues = Readonly<Partial<Record<`${OtherPart}.${'loss' | 'accuracy'}`, number>>>

interface PartPredictions {
  /** [samples, classes] */
  readonly predictions: Float32Array | Float64Array
  readonly labels: Int32Array
  /** As it is measured. */
  readonly loss: number
  readonly accuracy: number
}

interface Measurement {
  readonly values: Readonly<Partial<Record<SeriesKey, number>>>
  /** Whether every loss measured, that on the training samples included, is a finite number. */
  readonly finite: boolean
}

interface Scoring {
  readonly weights: Weights
  /** These samples alone. */
  readonly chosen?: Int32Array | undefined
  /** Called with the predictions of the samples from `first` on, which are overwritten by the next ones. */
  readonly visit?: (first: number, predictions: Float32Array | Float64Array) => void
}

/** What evaluation takes of the workspace. */
export function evaluationBytes(model: Model, threads: number): number {
  const rows = Math.ceil(evaluationRows(model) / threads)
  return threads * model.batchBytes(rows, { gradients: false })
}

/** Prepares measurements in large batches, of which each thread takes its part. */
export function createEvaluation(parts: EvaluationParts): Evaluation {
  const { model, workspace, team, weights: own, train, others, trainSamples, stream } = parts
  const threads = Array.from({ length: team.threads }, (_, thread) => thread)
  const capacity = Math.ceil(evaluationRows(model) / team.threads)
  const rowsAtOnce = capacity * team.threads
  const batches = threads.map(() => model.batch(workspace, capacity, { gradients: false }))
  // One job per batch length; there are few: the full one and what is left at the end of a part.
  const passes = new Map<Weights, Map<number, () => void>>()
  const indices = new Int32Array(capacity)
  const sample = trainSamples === undefined ? undefined : new Int32Array(trainSamples)

  function passFor(weights: Weights, rows: number): () => void {
    const ofWeights = passes.get(weights) ?? new Map<number, () => void>()
    passes.set(weights, ofWeights)
    const known = ofWeights.get(rows)
    if (known !== undefined) return known
    const plans = threads.map((thread) => {
      const plan = createPlan(workspace)
      const { count } = partOf(rows, thread, team.threads)
      if (count > 0) model.planForward(plan, weights, batches[thread], count, { mode: 'evaluate' })
      return plan
    })
    const pass = team.job(plans)
    ofWeights.set(rows, pass)
    return pass
  }

  /** Mean loss and fraction classified right, over all samples of a part or over those that are chosen. */
  async function score(part: Samples, { weights, chosen, visit }: Scoring) {
    const total = chosen?.length ?? part.samples
    let [loss, correct] = [0, 0]
    for (let first = 0; first < total; first += rowsAtOnce) {
      const rows = Math.min(rowsAtOnce, total - first)
      for (const thread of threads) {
        const { start, count } = partOf(rows, thread, team.threads)
        const { features, labels } = batches[thread]
        for (let row = 0; row < count; row++) {
          const place = first + start + row
          const index = chosen === undefined ? place : chosen[place]
          indices[row] = index
          labels[row] = part.labels[index]
        }
        await part.read(indices, count, features)
      }
      passFor(weights, rows)()
      for (const thread of threads) {
        const { start, count } = partOf(rows, thread, team.threads)
        if (count === 0) continue
        const { result, predictions } = batches[thread]
        loss += result[0] * count
        correct += result[1]
        visit?.(first + start, predictions.subarray(0, count * model.classes))
      }
    }
    return { loss: loss / total, accuracy: correct / total }
  }

  function partNamed(name: OtherPart): Samples | undefined {
    const part = others[name]
    return part === undefined || part.samples === 0 ? undefined : part
  }

  async function measureAt(weights: Weights): Promise<PartValues> {
    const values: Partial<Record<keyof PartValues, number>> = {}
    for (const name of ['validation', 'test'] as const) {
      const part = partNamed(name)
      if (part === undefined) continue
      const { loss, accuracy } = await score(part, { weights })
      values[`${name}.loss`] = loss
      values[`${name}.accuracy`] = accuracy
    }
    return values
  }

  return {
    measureAt,
    async measure() {
      for (let index = 0; sample !== undefined && index < sample.length; index++) {
        sample[index] = stream.below(train.samples)
      }
      const onTrain = await score(train, { weights: own, chosen: sample })
      const onOthers = await measureAt(own)
      const losses = [onTrain.loss, onOthers['validation.loss'] ?? 0, onOthers['test.loss'] ?? 0]
      return {
        values: { 'train.accuracy': onTrain.accuracy, ...onOthers },
        finite: losses.every(Number.isFinite),
      }
    },
    async predict(name) {
      const part = partNamed(name)
      if (part === undefined) return undefined
      const all = new (model.precision === 'f32' ? Float32Array : Float64Array)(part.samples * model.classes)
      const scored = await score(part, {
        weights: own,
        visit: (first, predictions) => all.set(predictions, first * model.classes),
      })
      return { predictions: all, labels: part.labels, ...scored }
    },
  }
}
