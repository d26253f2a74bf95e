import type { Optimizer } from './optimizer.ts'
import type { Group } from './runtime/groups.ts'
import { ruleOptimizer, specOf } from './runtime/rule-optimizer.ts'

/**
 * An optimizer that treats some tensors otherwise than the rest: another learning rate, no weight decay, or left alone.
 * Where several groups name a tensor, a later one wins over an earlier one.
 *
 * Throws RangeError for a factor below 0, TypeError for an optimizer that is no rule.
 *
 * @example
 * grouped(adamw(), [
 *   { tensors: ['*.bias'], decay: false },
 *   { tensors: ['embedding'], learningRateFactor: 0.1 },
 *   { tensors: ['backbone.*'], frozen: true },
 * ])
 */
export function grouped(optimizer: Optimizer, groups: readonly Group[]): Optimizer {
  const spec = specOf(optimizer)
  if (spec === undefined) throw new TypeError(`${optimizer.name} is no rule, and takes no groups`)
  return ruleOptimizer({ ...spec, groups: [...(spec.groups ?? []), ...groups] })
}
