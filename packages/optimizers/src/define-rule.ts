import type { Convention } from './convention.ts'
import { lower } from './notation/lower.ts'
import { parse, type Rule } from './notation/parse.ts'
import type { Link } from './notation/variables.ts'
import type { Optimizer } from './optimizer.ts'
import { type Code, createCode } from './runtime/code.ts'
import { checkHyperparameter, type Range, rangeOf } from './runtime/hyperparameters.ts'
import type { Part } from './runtime/part.ts'
import { ruleIdentity } from './runtime/rule-identity.ts'
import { ruleOptimizer } from './runtime/rule-optimizer.ts'

/** Numbers, and flags that shape the rule. */
export type Defaults = Readonly<Record<string, number | boolean>>

/** How another source writes the same optimizer: other defaults, another rule, or both. */
export interface Variant<D extends Defaults = Defaults> {
  readonly hyperparameters?: Readonly<{ [H in keyof D]?: Value<D[H]> }>
  readonly rule?: string
}

/** A hyper-parameter's type by its default. */
type Value<T> = T extends boolean ? boolean : number

/**
 * An optimizer as its author writes it: the paper's equation, and the defaults of its hyper-parameters.
 *
 * A flag (a hyper-parameter that is true or false), and a number that keeps its default of 0, are known for good when
 * the optimizer is made: what they leave out of the rule costs nothing, and no step can change them.
 */
export interface RuleDefinition<D extends Defaults = Defaults> {
  readonly name: string
  /** Where the equation comes from. */
  readonly source: string
  readonly hyperparameters: D
  /** Ranges of hyper-parameters; by default those that the names have in all optimizers, `(-∞, ∞)` for other names. */
  readonly ranges?: Readonly<{ [H in keyof D]?: Range }>
  /** The update, in the notation. */
  readonly rule: string
  /** Whose form `rule` is; needed where there are `conventions`. */
  readonly convention?: Convention
  /** The forms of others. An empty one is the same as `rule`. */
  readonly conventions?: Readonly<{ [C in Convention]?: Variant<D> }>
  /** The state that holds the parameters to evaluate, where they are not those that are trained. */
  readonly evaluation?: string
}

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
    { relaxedMultiplyAdd = false }: CompileRequest = {},
  ): Optimizer => {
    const variant = variantOf(definition, convention)
    const { values, flags } = checkedValues(definition, variant, ranges, given)
    const constants = constantsOf(definition, values, flags)
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
    return ruleOptimizer({ name, identity, parts: [part], code })
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

/** The form of a convention; throws TypeError listing those there are. */
export function variantOf<D extends Defaults>(
  { name, convention: own, conventions = {} }: RuleDefinition<D>,
  convention: unknown,
): Variant<D> {
  if (convention === own || convention === undefined) return {}
  const found = Object.entries<Variant<D> | undefined>(conventions).find(([each]) => each === convention)
  if (found?.[1] !== undefined) return found[1]
  const known = [...(own === undefined ? [] : [own]), ...Object.keys(conventions)]
  const list = known.length === 0 ? 'it has one form only' : `there are: ${known.join(', ')}`
  throw new TypeError(`${name}: unknown convention "${String(convention)}"; ${list}`)
}

export interface CheckedValues {
  readonly values: ReadonlyMap<string, number>
  readonly flags: ReadonlySet<string>
}

/** Hyper-parameters as given or by default, flags as 1 or 0; throws for what is unknown or out of range. */
export function checkedValues(
  { name, hyperparameters }: Pick<RuleDefinition, 'name' | 'hyperparameters'>,
  variant: Variant,
  ranges: ReadonlyMap<string, Range>,
  given: Readonly<Record<string, unknown>>,
): CheckedValues {
  const defaults = new Map<string, unknown>(
    Object.entries({ ...hyperparameters, ...variant.hyperparameters }),
  )
  for (const key of Object.keys(given)) {
    if (defaults.has(key)) continue
    const known = [...defaults.keys()].join(', ')
    throw new TypeError(`${name}: unknown hyper-parameter "${key}"; there are: ${known}`)
  }
  const values = new Map<string, number>()
  const flags = new Set<string>()
  for (const [key, standard] of defaults) {
    // Names from outside may be those of an object's own: constructor.
    const value = (Object.hasOwn(given, key) ? given[key] : undefined) ?? standard
    if (typeof standard === 'boolean') {
      if (typeof value !== 'boolean') {
        throw new TypeError(`${name}: ${key} must be true or false, got ${String(value)}`)
      }
      flags.add(key)
      values.set(key, Number(value))
    } else {
      checkHyperparameter(name, key, value, ranges.get(key) ?? {})
      values.set(key, value)
    }
  }
  return { values, flags }
}

/** What is known for good: flags, and numbers that kept their default of 0. */
function constantsOf(
  { hyperparameters }: RuleDefinition,
  values: ReadonlyMap<string, number>,
  flags: ReadonlySet<string>,
): Map<string, number> {
  return new Map(
    [...values].filter(([name, value]) => flags.has(name) || (value === 0 && hyperparameters[name] === 0)),
  )
}
