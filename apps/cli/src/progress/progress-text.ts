import type { RunResource } from '@thalweg/client'
import { lastValue } from '../metric.ts'
import { formatMeasured, formatPercent } from '../terminal/number-format.ts'

/** `480/480`, or only the step while the total is not known. */
export function stepText({ step, totalSteps }: Pick<RunResource, 'step' | 'totalSteps'>): string {
  return totalSteps === undefined ? String(step) : `${step}/${totalSteps}`
}

/** What a run last measured: `loss 0.0312   train 99.6%   val. 98.3%`. */
export function measuredText(run: RunResource): string {
  const loss = lastValue(run, 'train.loss')
  const train = lastValue(run, 'train.accuracy')
  const validation = lastValue(run, 'validation.accuracy')
  return [
    ...(loss === undefined ? [] : [`loss ${formatMeasured(loss).padEnd(8)}`]),
    ...(train === undefined ? [] : [`train ${formatPercent(train).padStart(6)}`]),
    ...(validation === undefined ? [] : [`val. ${formatPercent(validation).padStart(6)}`]),
  ].join('  ')
}
