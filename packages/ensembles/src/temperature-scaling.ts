import type { FitObjective } from './fit-objective.ts'
import { checkLabels, checkLogits, type Table } from './predictions.ts'
import { checkTemperature } from './softmax.ts'

/**
 * The negative log-likelihood of logits divided by one temperature, over x = [log T], from T = 1.
 *
 *   f = mean over rows of log sum_j exp(z_j / T) - z_label / T,  df / d log T = mean of (z_label - sum_k p_k z_k) / T
 *
 * Fit it on rows that the model was not trained on. Where every label has the largest logit of its row, f falls without
 * end as T goes to 0. Logits must not change while the objective is in use.
 * Source: Guo et al. 2017, arXiv:1706.04599, section 4.2.
 *
 * @example
 * const { start, evaluate } = temperatureObjective(logits, labels, 10)
 * const temperature = Math.exp(minimize(evaluate, start).x[0]) // minimize of @thalweg/lbfgs, or another
 */
export function temperatureObjective(
  logits: Table,
  labels: ArrayLike<number>,
  classes: number,
): FitObjective {
  const rows = checkLogits('temperatureObjective', 'logits', logits, classes)
  checkLabels('temperatureObjective', labels, rows, classes)
  return {
    start: new Float64Array(1),
    evaluate([logTemperature], gradientOut) {
      const temperature = Math.exp(logTemperature)
      let [loss, slope] = [0, 0]
      for (let row = 0; row < rows; row++) {
        const first = row * classes
        let largest = -Infinity
        for (let at = first; at < first + classes; at++) largest = Math.max(largest, logits[at])
        let [sum, weighted] = [0, 0]
        for (let at = first; at < first + classes; at++) {
          const scaled = (logits[at] - largest) / temperature
          const exponential = Math.exp(scaled)
          sum += exponential
          // Where the exponential is 0, scaled may be -Infinity.
          if (exponential > 0) weighted += exponential * scaled
        }
        const label = (logits[first + labels[row]] - largest) / temperature
        loss += Math.log(sum) - label
        slope += label - weighted / sum
      }
      gradientOut[0] = slope / rows
      return loss / rows
    },
  }
}

/** Logits divided by a temperature in (0, ∞), [rows, classes]; `softmax` turns them into probabilities. */
export function applyTemperature(logits: Table, temperature: number): Float64Array {
  checkTemperature('applyTemperature', temperature)
  return Float64Array.from(logits, (logit) => logit / temperature)
}
