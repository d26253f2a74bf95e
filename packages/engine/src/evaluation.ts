import type { SeriesKey } from '@thalweg/document'
import { createPlan, partOf, type Workspace } from '@thalweg/kernels'
import type { Team } from '@thalweg/kernels/node'
import type { Model, Weights } from '@thalweg/nn'
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
}

interface Measurement {
  readonly values: Readonly<Partial<Record<SeriesKey, number>>>
  /** Whether every loss measured, that on the training samples included, is a finite number. */
  readonly finite: boolean
}

/** Samples that are evaluated at a time, unless their arrays would take more than `mostBytes`. */
const mostRows = 1024
const mostBytes = 1 << 26

/** How many samples of a model are evaluated at a time. */
function evaluationRows(model: Model): number {
  const bytesPerRow = model.batchBytes(64, { gradients: false }) / 64
  return Math.max(1, Math.min(mostRows, Math.floor(mostBytes / bytesPerRow)))
}

/** What evaluation takes of the workspace. */
export function evaluationBytes(model: Model, threads: number): number {
  const rows = Math.ceil(evaluationRows(model) / threads)
  return threads * model.batchBytes(rows, { gradients: false })
}

/** Prepares measurements in large batches, of which each thread takes its part. */
export function createEvaluation(parts: EvaluationParts): Evaluation {
  const { model, workspace, team, weights, train, others, trainSamples, stream } = parts
  const threads = Array.from({ length: team.threads }, (_, thread) => thread)
  const capacity = Math.ceil(evaluationRows(model) / team.threads)
  const rowsAtOnce = capacity * team.threads
  const batches = threads.map(() => model.batch(workspace, capacity, { gradients: false }))
  // One job per batch length; there are few: the full one and what is left at the end of a part.
  const passes = new Map<number, () => void>()
  const indices = new Int32Array(capacity)
  const sample = trainSamples === undefined ? undefined : new Int32Array(trainSamples)

  function passFor(rows: number): () => void {
    const known = passes.get(rows)
    if (known !== undefined) return known
    const plans = threads.map((thread) => {
      const plan = createPlan(workspace)
      const { count } = partOf(rows, thread, team.threads)
      if (count > 0) model.planForward(plan, weights, batches[thread], count, { mode: 'evaluate' })
      return plan
    })
    const pass = team.job(plans)
    passes.set(rows, pass)
    return pass
  }

  /** Mean loss and fraction classified right, over all samples of a part or over those that `chosen` names. */
  async function score(part: Samples, chosen?: Int32Array): Promise<{ loss: number; accuracy: number }> {
    const total = chosen?.length ?? part.samples
    let loss = 0
    let correct = 0
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
      passFor(rows)()
      for (const thread of threads) {
        const { count } = partOf(rows, thread, team.threads)
        if (count === 0) continue
        loss += batches[thread].result[0] * count
        correct += batches[thread].result[1]
      }
    }
    return { loss: loss / total, accuracy: correct / total }
  }

  return {
    async measure() {
      for (let index = 0; sample !== undefined && index < sample.length; index++) {
        sample[index] = stream.below(train.samples)
      }
      const onTrain = await score(train, sample)
      const values: Partial<Record<SeriesKey, number>> = { 'train.accuracy': onTrain.accuracy }
      let finite = Number.isFinite(onTrain.loss)
      for (const part of ['validation', 'test'] as const) {
        const samples = others[part]
        if (samples === undefined || samples.samples === 0) continue
        const { loss, accuracy } = await score(samples)
        values[`${part}.loss`] = loss
        values[`${part}.accuracy`] = accuracy
        finite &&= Number.isFinite(loss)
      }
      return { values, finite }
    },
  }
}
