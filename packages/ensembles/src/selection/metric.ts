import type { Table } from '../predictions.ts'
import { accuracyOf } from '../scores/accuracy.ts'
import { brierOf } from '../scores/brier.ts'
import { negativeLogLikelihoodOf } from '../scores/negative-log-likelihood.ts'

/** A score of predictions [rows, classes] and which way is better. It must not change or keep what it is given. */
export interface Metric {
  readonly better: 'higher' | 'lower'
  readonly measure: (predictions: Table, labels: ArrayLike<number>, classes: number) => number
}

export type MetricName = 'accuracy' | 'negativeLogLikelihood' | 'brier'

const metrics: Readonly<Record<MetricName, Metric>> = {
  accuracy: { better: 'higher', measure: accuracyOf },
  negativeLogLikelihood: { better: 'lower', measure: negativeLogLikelihoodOf },
  brier: { better: 'lower', measure: brierOf },
}

/** The metric of a name, or the caller's own, which must give numbers; throws otherwise. */
export function metricOf(caller: string, metric: MetricName | Metric): Metric {
  if (typeof metric !== 'string') {
    return {
      better: metric.better,
      measure(predictions, labels, classes) {
        const value = metric.measure(predictions, labels, classes)
        if (typeof value === 'number' && !Number.isNaN(value)) return value
        throw new RangeError(`${caller}: metric must give a number, got ${value}`)
      },
    }
  }
  if (Object.hasOwn(metrics, metric)) return metrics[metric]
  const known = Object.keys(metrics).join(', ')
  throw new RangeError(`${caller}: metric must be one of ${known} or a metric of your own, got ${metric}`)
}
