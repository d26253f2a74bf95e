import type { MetricEvent, RunDocument } from '@thalweg/document'
import type { Weights } from '@thalweg/nn'
import { type BiasCorrection, correctClassBias } from './class-bias.ts'
import type { Evaluation } from './evaluation.ts'
import { measureScores, scoreValues } from './final-scores.ts'
import { predictionTimeOf } from './prediction-time.ts'
import { loadPredictor } from './predictor.ts'
import type { RunData } from './run-data.ts'
import { encodeModel } from './saved-model.ts'
import type { PartScores } from './scores.ts'

export interface ClosingParts {
  readonly document: RunDocument
  readonly data: RunData
  readonly weights: Pick<Weights, 'parameters' | 'statistics'>
  readonly evaluation: Evaluation
  /** Of the outputs before the softmax; where the bias is to be corrected. */
  readonly outputs: Evaluation | undefined
  readonly model: Parameters<typeof correctClassBias>[0]['model']
}

/** What is done once with a trained model. */
export interface Closing {
  /** Corrects the bias and takes the scores, as the document asks; what there is to record after the last step. */
  close(): Promise<MetricEvent['values']>
  /** `scores.json`; undefined where nothing was asked for, or training has not ended. */
  readonly report: TrainingReport | undefined
  /** For 1,000 samples, where scores were taken. */
  readonly predictionTimeMs: number | undefined
}

/** The scores of a trained model, and what corrected it. */
interface TrainingReport {
  readonly scores: PartScores
  readonly biasCorrection?: BiasCorrection & { readonly before: PartScores }
}

/**
 * Throws where a document asks for what its run cannot have: TypeError for scores of a loss without probabilities, RangeError
 * where there are no validation samples, or no missing classes, to fit a bias by.
 */
export function checkClosing({ evaluation, loss, distill, transfer }: RunDocument, data: RunData): void {
  if (evaluation.scores === true && loss.name !== 'softmaxCrossEntropy') {
    throw new TypeError(`evaluation.scores: ${loss.name} knows no probabilities`)
  }
  if (distill?.biasCorrection !== true) return
  if (transfer === undefined || data.leftOut === 0) {
    throw new RangeError('distill.biasCorrection: the transfer set lacks no class that the training part has')
  }
  if (data.validation.samples === 0) {
    throw new RangeError('distill.biasCorrection: needs validation samples, and the data set has none')
  }
}

export function createClosing(parts: ClosingParts): Closing {
  const { document, data, weights, evaluation, outputs, model } = parts
  const { distill, transfer } = document
  const isAsked = document.evaluation.scores === true || transfer !== undefined
  const isScored = isAsked && document.loss.name === 'softmaxCrossEntropy'
  let final: PartScores | undefined
  let predictionTimeMs: number | undefined
  let biasCorrection: TrainingReport['biasCorrection']

  async function correct(): Promise<MetricEvent['values']> {
    const predicted = await outputs?.predict('validation')
    if (transfer === undefined || predicted === undefined) return {}
    const before = await measureScores(evaluation, data.classes)
    const fitted = correctClassBias({
      model,
      parameters: weights.parameters,
      logits: predicted.predictions,
      classes: transfer.without,
      share: data.leftOut,
    })
    biasCorrection = { ...fitted, before }
    return (await evaluation.measure()).values
  }

  return {
    async close() {
      const corrected = distill?.biasCorrection === true ? await correct() : {}
      if (!isScored) return corrected
      final = await measureScores(evaluation, data.classes)
      if (document.evaluation.scores !== true) return corrected
      const { products } = model
      predictionTimeMs = predictionTimeOf(
        loadPredictor(encodeModel(document, data, model, weights), { products }),
      )
      return { ...corrected, ...scoreValues(final) }
    },
    get report() {
      if (final === undefined) return undefined
      return { scores: final, ...(biasCorrection !== undefined && { biasCorrection }) }
    },
    get predictionTimeMs() {
      return predictionTimeMs
    },
  }
}
