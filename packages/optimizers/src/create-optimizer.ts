import { adagrad } from './adagrad.ts'
import { adam } from './adam.ts'
import { defineRule, type OptimizerConstructor, type RuleDefinition } from './define-rule.ts'
import { type Range, rangeOf } from './hyperparameters.ts'
import { momentum } from './momentum.ts'
import { nesterov } from './nesterov.ts'
import { lower } from './notation/lower.ts'
import { canonicalName } from './notation/names.ts'
import { parse } from './notation/parse.ts'
import type { Optimizer } from './optimizer.ts'
import { rmsprop } from './rmsprop.ts'
import { sgd } from './sgd.ts'

const constructors = { sgd, momentum, nesterov, adagrad, rmsprop, adam }

/** The name of an optimizer that `createOptimizer` knows. */
export type OptimizerName = keyof typeof constructors

type HyperparameterName<N extends OptimizerName> =
  (typeof constructors)[N] extends OptimizerConstructor<infer H> ? H : never

/** A rule as text, with the values of its hyper-parameters. */
export interface RuleSpec {
  readonly name: 'rule'
  readonly rule: string
  readonly hyperparameters: Readonly<Record<string, number>>
}

/** An optimizer as data: a name and hyper-parameters, or a rule as text. */
export type OptimizerSpec =
  | RuleSpec
  | {
      [N in OptimizerName]: { readonly name: N } & { readonly [H in HyperparameterName<N>]?: number }
    }[OptimizerName]

/** The same with every hyper-parameter given. */
export type CompleteOptimizerSpec =
  | RuleSpec
  | {
      [N in OptimizerName]: { readonly name: N } & { readonly [H in HyperparameterName<N>]: number }
    }[OptimizerName]

/** What a form or an API needs to offer an optimizer. */
export interface OptimizerDefinition {
  readonly name: OptimizerName
  readonly source: string
  readonly rule: string
  readonly hyperparameters: readonly {
    readonly name: string
    readonly default: number
    readonly range: Range
  }[]
}

/** Every built-in optimizer, by name, in the order in which they are documented. */
export const optimizerDefinitions: Readonly<Record<OptimizerName, OptimizerDefinition>> = {
  sgd: describe('sgd', sgd.definition),
  momentum: describe('momentum', momentum.definition),
  nesterov: describe('nesterov', nesterov.definition),
  adagrad: describe('adagrad', adagrad.definition),
  rmsprop: describe('rmsprop', rmsprop.definition),
  adam: describe('adam', adam.definition),
}

function describe(name: OptimizerName, definition: RuleDefinition): OptimizerDefinition {
  const hyperparameters = Object.entries(definition.hyperparameters).map(([each, value]) => ({
    name: each,
    default: value,
    range: rangeOf(each),
  }))
  return { name, source: definition.source, rule: withoutIndent(definition.rule), hyperparameters }
}

function withoutIndent(text: string): string {
  return text
    .trim()
    .split('\n')
    .map((line) => line.trim())
    .join('\n')
}

/**
 * The optimizer that a plain object describes.
 *
 * Throws TypeError for an unknown name (listing those there are), RangeError for a value out of range, and RuleError
 * for a rule that cannot be read. A rule is data: it can name nothing but its own names.
 *
 * @example createOptimizer({ name: 'adam', learningRate: 1e-3 })
 * @example createOptimizer({ name: 'rule', rule: 'w -= learning_rate * sign(g)', hyperparameters: { learningRate: 0.1 } })
 */
export function createOptimizer(spec: OptimizerSpec): Optimizer {
  if (spec.name === 'rule') {
    const { rule, hyperparameters } = spec
    // What the names of somebody's rule mean is theirs to say.
    return defineRule({ name: 'rule', source: 'given as text', hyperparameters, ranges: {}, rule })()
  }
  const { name, ...hyperparameters } = spec
  if (!Object.hasOwn(constructors, name)) {
    const known = [...Object.keys(constructors), 'rule'].join(', ')
    throw new TypeError(`unknown optimizer "${name}"; there are: ${known}`)
  }
  const construct: (values: Record<string, number>) => Optimizer = constructors[name]
  return construct(hyperparameters)
}

/** The hyper-parameter that a schedule sets, as this optimizer spells it, and its value; undefined if there is none. */
export function learningRateOf(
  spec: OptimizerSpec,
): { readonly name: string; readonly value: number } | undefined {
  const values = Object.entries<number | string | undefined>(
    spec.name === 'rule' ? spec.hyperparameters : spec,
  )
  const found = values.find(([name]) => canonicalName(name) === 'learningrate')
  if (found !== undefined && typeof found[1] === 'number') return { name: found[0], value: found[1] }
  if (spec.name === 'rule') return undefined
  return { name: 'learningRate', value: constructors[spec.name].definition.hyperparameters.learningRate }
}

/** Throws RuleError unless the text is a rule over these hyper-parameters. */
export function checkRule(rule: string, hyperparameters: readonly string[]): void {
  lower(parse(rule), hyperparameters)
}
