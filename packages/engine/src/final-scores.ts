import type { MetricEvent } from '@thalweg/document'
import type { Evaluation, OtherPart } from './evaluation.ts'
import { type PartScores, type Scores, scoresOf } from './scores.ts'

/** Scores a model on the parts that there are. */
export async function measureScores(evaluation: Evaluation, classes: number): Promise<PartScores> {
  const scores: Partial<Record<OtherPart, Scores>> = {}
  for (const part of ['validation', 'test'] as const) {
    const predicted = await evaluation.predict(part)
    if (predicted === undefined) continue
    const { predictions, labels, ...measured } = predicted
    scores[part] = scoresOf(predictions, labels, classes, measured)
  }
  return scores
}

/** What series have of them, beside loss and accuracy. */
export function scoreValues(scores: PartScores): MetricEvent['values'] {
  const values: Partial<Record<`${OtherPart}.${'brier' | 'calibrationError'}`, number>> = {}
  for (const part of ['validation', 'test'] as const) {
    const of = scores[part]
    if (of === undefined) continue
    values[`${part}.brier`] = of.brier
    values[`${part}.calibrationError`] = of.calibrationError
  }
  return values
}
