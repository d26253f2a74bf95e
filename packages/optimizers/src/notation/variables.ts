import { constantValue, type RuleParts, ruleParts } from './initial-values.ts'
import { canonicalName } from './names.ts'
import type { Rule } from './parse.ts'
import type { InitialValue } from './program.ts'
import { type Place, RuleError } from './rule-error.ts'
import type { Expression, Statement } from './syntax.ts'

/** One rule of a chain, and what its names mean outside of it. */
export interface Link {
  /** What the link is called where its names must be told from those of others. */
  readonly label: string
  readonly rule: Rule
  readonly hyperparameters: readonly string[]
  /** Hyper-parameters of other links that this one reads, such as the learning rate. */
  readonly inherits?: readonly string[]
  /** A transform need not change w, and may read `start`, which is w before the step. */
  readonly transform?: boolean
  /** What sums are over; a tensor by default. */
  readonly scope?: 'row' | 'tensor'
  /** Vectors that are filled before every step, by someone else. */
  readonly inputs?: readonly string[]
  /** States that are there to be read from outside, such as an average of the weights. */
  readonly keeps?: readonly string[]
  /** Hyper-parameters that are known for good: the rule is made for them. */
  readonly constants?: ReadonlyMap<string, number>
}

/** A variable that a rule keeps from step to step, where it is first met. */
export interface FoundState extends Place {
  readonly written: string
  readonly initial: InitialValue
  readonly input: boolean
}

/** Who is who in a rule, by the one key of all spellings of a name. */
export interface Variables {
  readonly body: readonly Statement[]
  /** Hyper-parameters as their owner spells them. */
  readonly hyperparameters: ReadonlyMap<string, string>
  readonly states: ReadonlyMap<string, FoundState>
}

/** Each state is an array of the parameters' length. */
const maxStates = 32

const reserved: ReadonlySet<string> = new Set(['w', 'gradient', 't'])

export const callsThem = 'the parameter is called w, its gradient g'

/** What others call the parameter and its gradient. */
const foreign: ReadonlySet<string> = new Set(['x', 'dx', 'dw', 'theta', 'params', 'grad', 'gradients'])

/**
 * Tells a rule's hyper-parameters, states and intermediate values apart. A name that is read before it is assigned is a
 * state. Throws RuleError for a name that is unknown, that cannot be assigned, or that never changes.
 */
export function findVariables(link: Link): Variables {
  const { rule } = link
  const hyperparameters = hyperparameterNames(link)
  const parts = ruleParts(rule)
  const states = findStates(link, parts, hyperparameters)
  if (states.size > maxStates) {
    const extra = [...states.values()][maxStates]
    const problem = `the rule keeps ${states.size} states`
    throw new RuleError(rule.text, extra, extra.written, problem, `at most ${maxStates}`)
  }
  return { body: parts.body, hyperparameters, states }
}

function hyperparameterNames({ rule, hyperparameters, inherits = [] }: Link): Map<string, string> {
  const names = new Map<string, string>()
  for (const name of [...hyperparameters, ...inherits]) {
    const key = canonicalName(name)
    const other = names.get(key)
    if (reserved.has(key) || other !== undefined) {
      const meaning =
        other === undefined ? ({ w: 'the parameter', t: 'the step' }[key] ?? 'the gradient') : `"${other}"`
      const problem = `the hyper-parameter "${name}" is another name of ${meaning}`
      throw new RuleError(rule.text, { line: 1, column: 1 }, name, problem, 'a name of its own')
    }
    names.set(key, name)
  }
  return names
}

function findStates(
  link: Link,
  { initial, body }: RuleParts,
  hyperparameters: ReadonlyMap<string, string>,
): Map<string, FoundState> {
  const { rule, inputs = [] } = link
  const states = new Map<string, FoundState>()
  for (const { targets, values, line, column } of initial) {
    for (const [index, target] of targets.entries()) {
      const key = canonicalName(target)
      if (hyperparameters.has(key)) throw notAssignable(rule, { line, column }, target, 'a hyper-parameter')
      const value = initialValue(rule, values[index], hyperparameters)
      states.set(key, { written: target, initial: value, input: false, line, column })
    }
  }
  const assigned = new Set<string>(link.transform === true ? [...reserved, 'start'] : reserved)
  const everAssigned = new Set(body.flatMap(({ targets }) => targets.map(canonicalName)))
  for (const statement of body) {
    for (const name of statement.values.flatMap(namesIn)) {
      const key = canonicalName(name.name)
      if (assigned.has(key) || hyperparameters.has(key) || states.has(key)) continue
      const input = inputs.includes(name.name)
      if (!everAssigned.has(key) && !input) {
        throw unknownName(rule, name, [...hyperparameters.values(), ...everAssigned])
      }
      const { line, column } = name
      states.set(key, { written: name.name, initial: { kind: 'number', value: 0 }, input, line, column })
    }
    for (const target of statement.targets) {
      const key = canonicalName(target)
      if (key === 't') throw notAssignable(rule, statement, target, 'the step')
      if (hyperparameters.has(key)) throw notAssignable(rule, statement, target, 'a hyper-parameter')
      assigned.add(key)
    }
  }
  for (const [key, { written, input, line, column }] of states) {
    if (everAssigned.has(key) || input) continue
    const problem = `the state "${written}" is never written`
    const expected = `a line that assigns ${written}, or none at all`
    throw new RuleError(rule.text, { line, column }, written, problem, expected)
  }
  return states
}

function initialValue(
  rule: Rule,
  expression: Expression,
  hyperparameters: ReadonlyMap<string, string>,
): InitialValue {
  if (expression.kind !== 'name') return { kind: 'number', value: constantValue(expression) ?? 0 }
  const key = canonicalName(expression.name)
  if (key === 'w') return { kind: 'parameter' }
  const name = hyperparameters.get(key)
  if (name === undefined) throw unknownName(rule, expression, [...hyperparameters.values()])
  return { kind: 'hyperparameter', name }
}

function notAssignable(rule: Rule, place: Place, name: string, what: string): RuleError {
  const problem = `"${name}" cannot be assigned: it is ${what}`
  return new RuleError(rule.text, place, name, problem, 'w, a state or a new name')
}

function unknownName(
  rule: Rule,
  name: Place & { readonly name: string },
  others: readonly string[],
): RuleError {
  const known = ['w', 'gradient', 't', ...new Set(others.filter((each) => !reserved.has(each)))].join(', ')
  const hint = foreign.has(canonicalName(name.name)) ? `; ${callsThem}` : ''
  return new RuleError(rule.text, name, name.name, `unknown name "${name.name}"`, `one of ${known}${hint}`)
}

function namesIn(expression: Expression): (Place & { readonly name: string })[] {
  switch (expression.kind) {
    case 'number':
      return []
    case 'name':
      return [expression]
    case 'negate':
      return namesIn(expression.operand)
    case 'call':
      return expression.arguments.flatMap(namesIn)
    default:
      return [...namesIn(expression.left), ...namesIn(expression.right)]
  }
}
