import { lower } from './notation/lower.ts'
import type { Optimizer } from './optimizer.ts'
import { createCode } from './runtime/code.ts'
import { methodChain } from './runtime/method-chain.ts'
import { isMethod } from './runtime/method-optimizer.ts'
import { type Part, partsOf, type Transform } from './runtime/part.ts'
import { ruleOptimizer, specOf } from './runtime/rule-optimizer.ts'

/**
 * Transforms of the gradient, one optimizer, and transforms of the weights, in this order, joined to one rule: what the
 * gradient goes through and what becomes of w is computed in as few passes over memory as the sums in it allow. Around
 * muon and adafactor, which are no rules, the transforms are one rule before and one after.
 *
 * All hyper-parameters stand in one table, so that a step may override any of them; the optimizer's groups are those of
 * the chain. Throws TypeError for a part in the wrong place, where it would do nothing, and for two parts with a
 * hyper-parameter of the same name.
 *
 * @example
 * const optimizer = chain(clipByGlobalNorm(1), adam({ learningRate: 1e-3 }), decoupledWeightDecay(1e-2))
 */
export function chain(...members: readonly (Optimizer | Transform)[]): Optimizer {
  const name = `chain(${members.map((member) => member.name).join(', ')})`
  checkOrder(name, members)
  const optimizer = members.find(isOptimizer)
  if (optimizer !== undefined && isMethod(optimizer)) {
    const at = members.indexOf(optimizer)
    const [before, after] = [members.slice(0, at), members.slice(at + 1)].map((some) =>
      some.flatMap((member) => rulesOf(name, member)),
    )
    return methodChain(name, optimizer, { before, after })
  }
  const parts = members.flatMap((member) => rulesOf(name, member))
  const identity = `chain(${parts.map((part) => part.identity).join(', ')})`
  const relaxed = members.some((member) => isOptimizer(member) && specOf(member)?.code.relaxedMultiplyAdd)
  const code = createCode(lower(parts.map((part) => part.link)), relaxed)
  const groups = members.filter(isOptimizer).flatMap((optimizer) => specOf(optimizer)?.groups ?? [])
  return ruleOptimizer({ name, identity, parts, code, groups })
}

function rulesOf(name: string, member: Optimizer | Transform): readonly Part[] {
  const parts = partsOf(member)
  if (parts === undefined)
    throw new TypeError(
      `${name}: ${member.name} takes a whole chain inside: ${member.name.replace(/\(.*/s, '')}(chain(...))`,
    )
  return parts
}

function checkOrder(name: string, members: readonly (Optimizer | Transform)[]): void {
  const at = members.findIndex(isOptimizer)
  if (at === -1 || members.filter(isOptimizer).length > 1) {
    throw new TypeError(`${name}: one optimizer is needed, got ${members.filter(isOptimizer).length}`)
  }
  for (const [index, member] of members.entries()) {
    if (isOptimizer(member)) continue
    if (member.on === 'gradient' && index > at) {
      throw new TypeError(`${name}: ${member.name} changes the gradient, and must stand before the optimizer`)
    }
    if (member.on === 'weights' && index < at) {
      throw new TypeError(`${name}: ${member.name} changes the weights, and must stand after the optimizer`)
    }
  }
}

function isOptimizer(member: Optimizer | Transform): member is Optimizer {
  return 'init' in member
}
