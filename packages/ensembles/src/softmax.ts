import { checkLogits, type Table } from './predictions.ts'

export interface SoftmaxOptions {
  /** Divides the logits; above 1 it flattens the probabilities; in (0, ∞). Default 1. */
  readonly temperature?: number
}

/**
 * Probabilities of logits, row by row: p_k = exp(z_k / T) / sum_j exp(z_j / T), [rows, classes].
 * Each row's largest logit is subtracted first, so that nothing overflows.
 */
export function softmax(logits: Table, classes: number, options: SoftmaxOptions = {}): Float64Array {
  const result = scaled('softmax', logits, classes, options)
  for (let first = 0; first < result.length; first += classes) {
    let sum = 0
    for (let at = first; at < first + classes; at++) {
      result[at] = Math.exp(result[at])
      sum += result[at]
    }
    for (let at = first; at < first + classes; at++) result[at] /= sum
  }
  return result
}

/** Logarithms of the probabilities of logits: log p_k = z_k / T - log sum_j exp(z_j / T), [rows, classes]. */
export function logSoftmax(logits: Table, classes: number, options: SoftmaxOptions = {}): Float64Array {
  const result = scaled('logSoftmax', logits, classes, options)
  for (let first = 0; first < result.length; first += classes) {
    let sum = 0
    for (let at = first; at < first + classes; at++) sum += Math.exp(result[at])
    const logarithm = Math.log(sum)
    for (let at = first; at < first + classes; at++) result[at] -= logarithm
  }
  return result
}

/** (z_k - max_j z_j) / T. */
function scaled(
  caller: string,
  logits: Table,
  classes: number,
  { temperature = 1 }: SoftmaxOptions,
): Float64Array {
  checkLogits(caller, 'logits', logits, classes)
  checkTemperature(caller, temperature)
  const result = Float64Array.from(logits)
  for (let first = 0; first < result.length; first += classes) {
    let largest = result[first]
    for (let at = first + 1; at < first + classes; at++) largest = Math.max(largest, result[at])
    for (let at = first; at < first + classes; at++) result[at] = (result[at] - largest) / temperature
  }
  return result
}

/** Throws unless a temperature is in (0, ∞). */
export function checkTemperature(caller: string, temperature: number): void {
  if (!(temperature > 0 && temperature < Infinity)) {
    throw new RangeError(`${caller}: temperature must be a number in (0, ∞), got ${temperature}`)
  }
}
