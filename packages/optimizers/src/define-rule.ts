import { type Convention, conventions } from './convention.ts'
import { lower } from './notation/lower.ts'
import { parse, type Rule } from './notation/parse.ts'
import type { Link } from './notation/variables.ts'
import type { Optimizer } from './optimizer.ts'
import { type Code, createCode } from './runtime/code.ts'
import {
  checkedValues,
  type Defaults,
  type RuleDefinition,
  type Value,
  variantOf,
} from './runtime/definition.ts'
import { type Range, rangeOf } from './runtime/hyperparameters.ts'
import type { Part } from './runtime/part.ts'
import { ruleIdentity } from './runtime/rule-identity.ts'
import { ruleOptimizer } from './runtime/rule-optimizer.ts'

/** What an optimizer is made with: hyper-parameters by name, each with its default. */
export type OptimizerOptions<D extends Defaults = Defaults> = Readonly<{ [H in keyof D]?: Value<D[H]> }> & {
  /** Whose form of the optimizer, where they differ: in the equation or in the defaults. */
  readonly convention?: Convention
}

/** An optimizer's constructor. */
export interface OptimizerConstructor<D extends Defaults = Defaults> {
  (options?: OptimizerOptions<D>, compile?: CompileRequest): Optimizer
  readonly definition: RuleDefinition<D>
}

export interface CompileRequest {
  /**
   * Let `a * b + c` be one instruction. Faster where arithmetic is the limit, but rounded in one way or the other by
   * engine and machine: results are no longer the same bits everywhere. False by default.
   */
  readonly relaxedMultiplyAdd?: boolean
  /**
   * Hyper-parameters that steps will override. One that is left at its default of 0 is otherwise left out of the rule for
   * good.
   */
  readonly varying?: readonly string[]
}

/**
 * Turns an update rule into an optimizer.
 *
 * The rule is read at once: RuleError tells line, column and what was expected. The constructor throws RangeError
 * naming parameter, range and value, and TypeError for a hyper-parameter or a convention that the rule does not have.
 *
 * @example
 * const sgd = defineRule({ name: 'sgd', source: '', hyperparameters: { learningRate: 0.1 }, rule: 'w -= lr * g' })
 * sgd({ learningRate: 0.5 })
 */
export function defineRule<const D extends Defaults>(definition: RuleDefinition<D>): OptimizerConstructor<D> {
  const { name } = definition
  const ranges = rangesOf(definition)
  const rules = new Map<string, Rule>()
  const codes = new Map<string, Code>()
  const ruleOf = (text: string): Rule => {
    const rule = rules.get(text) ?? parse(text)
    rules.set(text, rule)
    return rule
  }
  const hyperparameters = Object.keys(definition.hyperparameters)
  lower([{ label: name, rule: ruleOf(definition.rule), hyperparameters }])

  const construct = (
    { convention = definition.convention, ...given }: Readonly<Record<string, unknown>> = {},
    { relaxedMultiplyAdd = false, varying = [] }: CompileRequest = {},
  ): Optimizer => {
    const variant = variantOf(definition, convention)
    const { values, flags } = checkedValues(definition, variant, ranges, given)
    const constants = constantsOf(definition, values, flags, varying)
    const text = variant.rule ?? definition.rule
    const { evaluation } = definition
    const link: Link = {
      label: name,
      rule: ruleOf(text),
      hyperparameters,
      constants,
      ...(evaluation !== undefined && { keeps: [evaluation] }),
    }
    // Shared by all optimizers of the same form: the code is emitted once.
    const key = JSON.stringify([text, [...constants], relaxedMultiplyAdd])
    const code = codes.get(key) ?? createCode(lower([link]), relaxedMultiplyAdd)
    codes.set(key, code)
    const form = variant.rule === undefined ? '' : `/${String(convention)}`
    const identity = name === 'rule' ? ruleIdentity(text) : `${name}${form}`
    const part: Part = { identity, link, values, flags, ranges, evaluation, fill: undefined }
    return ruleOptimizer({
      name,
      identity,
      parts: [part],
      code,
      convention: conventions.find((each) => each === convention),
    })
  }
  return Object.assign(construct, { definition })
}

function rangesOf({ hyperparameters, ranges }: RuleDefinition): Map<string, Range> {
  return new Map(
    Object.keys(hyperparameters).map((name) => [
      name,
      ranges === undefined ? rangeOf(name) : { ...ranges[name] },
    ]),
  )
}

/** What is known for good: flags, and numbers that kept their default of 0. */
function constantsOf(
  { hyperparameters }: RuleDefinition,
  values: ReadonlyMap<string, number>,
  flags: ReadonlySet<string>,
  varying: readonly string[],
): Map<string, number> {
  const isLeftOut = (name: string, value: number): boolean =>
    value === 0 && hyperparameters[name] === 0 && !varying.includes(name)
  return new Map([...values].filter(([name, value]) => flags.has(name) || isLeftOut(name, value)))
}

export type { Defaults, RuleDefinition, Variant } from './runtime/definition.ts'
