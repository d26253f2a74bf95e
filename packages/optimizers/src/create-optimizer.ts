import { adabelief } from './adabelief.ts'
import { adadelta } from './adadelta.ts'
import { adafactor } from './adafactor.ts'
import { adagrad } from './adagrad.ts'
import { adam } from './adam.ts'
import { adamax } from './adamax.ts'
import { adamw } from './adamw.ts'
import { adan } from './adan.ts'
import { amsgrad } from './amsgrad.ts'
import { asgd } from './asgd.ts'
import { type Convention, conventions } from './convention.ts'
import { type CompileRequest, type Defaults, defineRule, type OptimizerOptions } from './define-rule.ts'
import { lamb } from './lamb.ts'
import { lars } from './lars.ts'
import { lion } from './lion.ts'
import { momentum } from './momentum.ts'
import { muon } from './muon.ts'
import { nadam } from './nadam.ts'
import { nesterov } from './nesterov.ts'
import { checkLink } from './notation/lower.ts'
import { canonicalName } from './notation/names.ts'
import { parse } from './notation/parse.ts'
import type { Optimizer } from './optimizer.ts'
import { radam } from './radam.ts'
import { rmsprop } from './rmsprop.ts'
import { rprop } from './rprop.ts'
import { type RuleDefinition, variantOf } from './runtime/definition.ts'
import { type Range, rangeOf } from './runtime/hyperparameters.ts'
import { scheduleFreeAdamw } from './schedule-free-adamw.ts'
import { scheduleFreeSgd } from './schedule-free-sgd.ts'
import { sgd } from './sgd.ts'
import { signum } from './signum.ts'
import { yogi } from './yogi.ts'

const constructors = {
  sgd,
  momentum,
  nesterov,
  adagrad,
  adadelta,
  rmsprop,
  adam,
  adamw,
  amsgrad,
  adamax,
  nadam,
  radam,
  rprop,
  asgd,
  lion,
  signum,
  adabelief,
  yogi,
  adan,
  lamb,
  lars,
  adafactor,
  scheduleFreeSgd,
  scheduleFreeAdamw,
  muon,
}

/** The name of an optimizer that `createOptimizer` knows. */
export type OptimizerName = keyof typeof constructors

type DefaultsOf<N extends OptimizerName> = (typeof constructors)[N]['definition']['hyperparameters']

/** A rule as text, with the values of its hyper-parameters. */
export interface RuleSpec {
  readonly name: 'rule'
  readonly rule: string
  /** None by default. */
  readonly hyperparameters?: Readonly<Record<string, number>>
}

/** An optimizer as data: a name and hyper-parameters, or a rule as text. */
export type OptimizerSpec =
  | RuleSpec
  | { [N in OptimizerName]: { readonly name: N } & OptimizerOptions<DefaultsOf<N>> }[OptimizerName]

/** The same with every hyper-parameter given. */
export type CompleteOptimizerSpec =
  | Required<RuleSpec>
  | {
      [N in OptimizerName]: { readonly name: N; readonly convention?: Convention } & {
        readonly [H in keyof DefaultsOf<N>]: DefaultsOf<N>[H] extends boolean ? boolean : number
      }
    }[OptimizerName]

/** One hyper-parameter, for a form or an API. */
export interface HyperparameterDefinition {
  readonly name: string
  readonly default: number | boolean
  /** What a number must lie in; a flag has none. */
  readonly range: Range
}

/** What a form or an API needs to offer an optimizer. */
export interface OptimizerDefinition {
  readonly name: OptimizerName
  readonly source: string
  /** The update in the default convention. */
  readonly rule: string
  /** With the defaults of the default convention. */
  readonly hyperparameters: readonly HyperparameterDefinition[]
  /** Its forms, the default one first; none where there is one form only. */
  readonly conventions: readonly OptimizerForm[]
}

/** One convention's form of an optimizer. */
export interface OptimizerForm {
  readonly name: Convention
  readonly rule: string
  readonly defaults: Readonly<Record<string, number | boolean>>
}

/** Every built-in optimizer, by name, in the order in which they are documented. */
export const optimizerDefinitions: Readonly<Record<OptimizerName, OptimizerDefinition>> = {
  sgd: describe('sgd', sgd.definition),
  momentum: describe('momentum', momentum.definition),
  nesterov: describe('nesterov', nesterov.definition),
  adagrad: describe('adagrad', adagrad.definition),
  adadelta: describe('adadelta', adadelta.definition),
  rmsprop: describe('rmsprop', rmsprop.definition),
  adam: describe('adam', adam.definition),
  adamw: describe('adamw', adamw.definition),
  amsgrad: describe('amsgrad', amsgrad.definition),
  adamax: describe('adamax', adamax.definition),
  nadam: describe('nadam', nadam.definition),
  radam: describe('radam', radam.definition),
  rprop: describe('rprop', rprop.definition),
  asgd: describe('asgd', asgd.definition),
  lion: describe('lion', lion.definition),
  signum: describe('signum', signum.definition),
  adabelief: describe('adabelief', adabelief.definition),
  yogi: describe('yogi', yogi.definition),
  adan: describe('adan', adan.definition),
  lamb: describe('lamb', lamb.definition),
  lars: describe('lars', lars.definition),
  adafactor: describe('adafactor', adafactor.definition),
  scheduleFreeSgd: describe('scheduleFreeSgd', scheduleFreeSgd.definition),
  scheduleFreeAdamw: describe('scheduleFreeAdamw', scheduleFreeAdamw.definition),
  muon: describe('muon', muon.definition),
}

function describe<D extends Defaults>(
  name: OptimizerName,
  definition: Omit<RuleDefinition<D>, 'evaluation'>,
): OptimizerDefinition {
  const { ranges, convention, source, rule } = definition
  const defaults: Defaults = definition.hyperparameters
  const rangeByName: Readonly<Record<string, Range | undefined>> | undefined = ranges
  const hyperparameters = Object.entries(defaults).map(([each, value]) => ({
    name: each,
    default: value,
    range: typeof value === 'boolean' ? {} : ((rangeByName ? rangeByName[each] : rangeOf(each)) ?? {}),
  }))
  const own = definition.conventions ?? {}
  const known = conventions.filter((each) => each === convention || own[each] !== undefined)
  const forms = known.map((each): OptimizerForm => {
    const variant = variantOf(definition, each)
    const changed: Partial<Defaults> = variant.hyperparameters ?? {}
    return {
      name: each,
      rule: withoutIndent(variant.rule ?? rule),
      defaults: { ...defaults, ...changed } as Defaults,
    }
  })
  forms.sort((a, b) => Number(b.name === convention) - Number(a.name === convention))
  return { name, source, rule: withoutIndent(rule), hyperparameters, conventions: forms }
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
 * for a rule that cannot be read. A rule is data: it can name nothing but its own names. `request` says what steps will
 * override, so that it is not left out.
 *
 * @example createOptimizer({ name: 'adam', learningRate: 1e-3 })
 * @example createOptimizer({ name: 'rmsprop', convention: 'keras', momentum: 0.9 })
 * @example createOptimizer({ name: 'rule', rule: 'w -= learning_rate * sign(g)', hyperparameters: { learningRate: 0.1 } })
 */
export function createOptimizer(spec: OptimizerSpec, request?: CompileRequest): Optimizer {
  if (spec.name === 'rule') {
    const { rule, hyperparameters = {} } = spec
    // What the names of somebody's rule mean is theirs to say.
    const define = defineRule({ name: 'rule', source: 'given as text', hyperparameters, ranges: {}, rule })
    // A 0 in somebody's rule is a number like any other.
    return define(undefined, { ...request, varying: Object.keys(hyperparameters) })
  }
  const { name, ...options } = spec
  if (!Object.hasOwn(constructors, name)) {
    const known = [...Object.keys(constructors), 'rule'].join(', ')
    throw new TypeError(`unknown optimizer "${name}"; there are: ${known}`)
  }
  const construct: (options: Readonly<Record<string, never>>, request?: CompileRequest) => Optimizer =
    constructors[name]
  // Every constructor checks what it is given; which names go with which is for the type of `spec` to say.
  return construct(options as Readonly<Record<string, never>>, request)
}

/** The hyper-parameter that a schedule sets, as this optimizer spells it, and its value; undefined if there is none. */
export function learningRateOf(
  spec: OptimizerSpec,
): { readonly name: string; readonly value: number } | undefined {
  const values = Object.entries<unknown>(spec.name === 'rule' ? (spec.hyperparameters ?? {}) : spec)
  const found = values.find(([name]) => canonicalName(name) === 'learningrate')
  if (found !== undefined && typeof found[1] === 'number') return { name: found[0], value: found[1] }
  if (spec.name === 'rule') return undefined
  const { conventions: forms, hyperparameters } = optimizerDefinitions[spec.name]
  const form = forms.find((each) => each.name === spec.convention)
  const standard = hyperparameters.find((each) => each.name === 'learningRate')?.default
  return { name: 'learningRate', value: Number(form?.defaults.learningRate ?? standard) }
}

/** Throws RuleError unless the text is a rule over these hyper-parameters. */
export function checkRule(rule: string, hyperparameters: readonly string[]): void {
  checkLink(parse(rule), hyperparameters)
}
