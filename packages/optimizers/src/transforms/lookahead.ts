import type { Transform } from '../runtime/part.ts'
import { defineTransform } from './define-transform.ts'

const define = defineTransform({
  name: 'lookahead',
  source: 'Zhang et al. 2019, arXiv:1907.08610, Algorithm 1',
  on: 'weights',
  ranges: { period: { atLeast: 1, integer: true }, slowRate: { greaterThan: 0, atMost: 1 } },
  evaluation: 'slow',
  rule: `
    slow = w
    count = 0
    count = where(count >= period, 1, count + 1)
    synchronize = where(count >= period, 1, 0)
    slow += synchronize * slow_rate * (w - slow)
    w = where(synchronize > 0, slow, w)
  `,
})

/**
 * Lookahead: every `period` steps slow weights move towards the fast ones, which start again from there.
 *
 *   phi <- phi + slowRate (w - phi),   w <- phi
 *
 * The optimizer's own state goes on. Evaluate at the slow weights.
 *
 * @example chain(adam(), lookahead({ period: 5 }))
 */
export function lookahead({
  period = 5,
  slowRate = 0.5,
}: {
  readonly period?: number
  readonly slowRate?: number
} = {}): Transform {
  return define({ period, slowRate })
}
