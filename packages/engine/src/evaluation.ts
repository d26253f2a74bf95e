import type { Dataset, Split } from '@thalweg/datasets'
import type { SeriesKey } from '@thalweg/document'
import { createPlan, type Workspace } from '@thalweg/kernels'
import type { Batch, Model, Weights } from '@thalweg/nn'
import type { Stream } from './streams.ts'

export interface EvaluationParts {
  readonly model: Model
  readonly workspace: Workspace
  readonly weights: Weights
  /** Overwritten by every measurement. */
  readonly batch: Batch
  readonly dataset: Dataset
  /** train.accuracy is measured on this many training samples, drawn with replacement; on all if undefined. */
  readonly trainSamples: number | undefined
  readonly stream: Stream
}

/** Measures a model on the parts of a data set. */
export interface Evaluation {
  /** train.accuracy, and loss and accuracy of validation and test, where the data set has them. */
  measure(): Measurement
}

interface Measurement {
  readonly values: Readonly<Partial<Record<SeriesKey, number>>>
  /** Whether every loss measured, that on the training samples included, is a finite number. */
  readonly finite: boolean
}

/** Prepares measurements in batches as large as the batch's arrays allow. */
export function createEvaluation(parts: EvaluationParts): Evaluation {
  const { model, workspace, weights, batch, dataset, trainSamples, stream } = parts
  // One compiled pass per batch length; there are few: the full one and what is left at the end of a part.
  const passes = new Map<number, () => void>()
  const sample = trainSamples === undefined ? undefined : new Int32Array(trainSamples)

  function passFor(rows: number): () => void {
    const known = passes.get(rows)
    if (known !== undefined) return known
    const plan = createPlan(workspace)
    model.planForward(plan, weights, batch, rows)
    const pass = plan.compile()
    passes.set(rows, pass)
    return pass
  }

  /** Mean loss and fraction classified right, over all samples of a part or over those that `indices` names. */
  function score(split: Split, indices?: Int32Array): { readonly loss: number; readonly accuracy: number } {
    const { features, labels, result } = batch
    const width = model.features
    const total = indices?.length ?? split.samples
    let loss = 0
    let correct = 0
    for (let start = 0; start < total; start += batch.rows) {
      const rows = Math.min(batch.rows, total - start)
      for (let row = 0; row < rows; row++) {
        const index = indices === undefined ? start + row : indices[start + row]
        features.set(split.features.subarray(index * width, (index + 1) * width), row * width)
        labels[row] = split.labels[index]
      }
      passFor(rows)()
      loss += result[0] * rows
      correct += result[1]
    }
    return { loss: loss / total, accuracy: correct / total }
  }

  return {
    measure() {
      for (let index = 0; sample !== undefined && index < sample.length; index++) {
        sample[index] = stream.below(dataset.train.samples)
      }
      const train = score(dataset.train, sample)
      const values: Partial<Record<SeriesKey, number>> = { 'train.accuracy': train.accuracy }
      let finite = Number.isFinite(train.loss)
      for (const part of ['validation', 'test'] as const) {
        const split = dataset[part]
        if (split === undefined || split.samples === 0) continue
        const { loss, accuracy } = score(split)
        values[`${part}.loss`] = loss
        values[`${part}.accuracy`] = accuracy
        finite &&= Number.isFinite(loss)
      }
      return { values, finite }
    },
  }
}
