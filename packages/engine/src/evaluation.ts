import type { Split } from '@thalweg/datasets'
import { createPlan, type Workspace } from '@thalweg/kernels'
import type { Batch, Model, Weights } from '@thalweg/nn'

/** What a model achieves on samples: the mean loss, and the fraction classified right. */
interface Score {
  readonly loss: number
  readonly accuracy: number
}

/** Measures a model on any samples, in batches as large as the batch arrays allow. */
export interface Evaluation {
  /** All samples of a part, in order; or the samples that `indices` names. */
  score(split: Split, indices?: Int32Array): Score
}

/** Prepares evaluation over a batch's arrays, which it overwrites. */
export function createEvaluation(
  model: Model,
  workspace: Workspace,
  weights: Weights,
  batch: Batch,
): Evaluation {
  // One compiled pass per batch length; there are at most a few: the full one and what is left at the end of a part.
  const passes = new Map<number, () => void>()

  function passFor(rows: number): () => void {
    const known = passes.get(rows)
    if (known !== undefined) return known
    const plan = createPlan(workspace)
    model.planForward(plan, weights, batch, rows)
    const pass = plan.compile()
    passes.set(rows, pass)
    return pass
  }

  return {
    score(split, indices) {
      const { features, labels, result } = batch
      const width = model.features
      const total = indices?.length ?? split.samples
      let loss = 0
      let correct = 0
      for (let start = 0; start < total; start += batch.rows) {
        const rows = Math.min(batch.rows, total - start)
        for (let row = 0; row < rows; row++) {
          const sample = indices === undefined ? start + row : indices[start + row]
          features.set(split.features.subarray(sample * width, (sample + 1) * width), row * width)
          labels[row] = split.labels[sample]
        }
        passFor(rows)()
        loss += result[0] * rows
        correct += result[1]
      }
      return { loss: loss / total, accuracy: correct / total }
    },
  }
}
