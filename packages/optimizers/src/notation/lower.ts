import { createGraph, shapeOf } from './graph.ts'
import { constantValue, type RuleParts, ruleParts } from './initial-values.ts'
import { canonicalName } from './names.ts'
import type { Rule } from './parse.ts'
import type { Node, Operation, Program } from './program.ts'
import { type Place, RuleError } from './rule-error.ts'
import type { Expression, Statement } from './syntax.ts'

/** The largest whole exponent of a vector: it becomes multiplications. */
const maxExponent = 8

/** Each state is an array of the parameters' length. */
const maxStates = 32

/**
 * Understands a rule: which names are state, what each expression is over, and what every variable becomes,
 * as a graph in which equal expressions are one node.
 *
 * Leading `name = number` lines give a state's initial value; a name read before it is assigned is state from 0.
 * Throws RuleError with the place for a name that is unknown, a state that never changes, and a vector exponent
 * that is no small whole number.
 */
export function lower(rule: Rule, hyperparameters: readonly string[]): Program {
  const names = hyperparameterNames(rule, hyperparameters)
  const parts = ruleParts(rule)
  const states = findStates(rule, parts, names)
  if (states.size > maxStates) {
    const extra = [...states.values()][maxStates]
    throw new RuleError(
      rule.text,
      extra,
      extra.written,
      `the rule keeps ${states.size} states`,
      `at most ${maxStates}`,
    )
  }
  // A state is one number until a vector feeds it; feeding it may make others vectors in turn.
  const vectors = new Set<string>()
  for (;;) {
    const values = evaluate(rule, parts.body, names, states, vectors)
    const grown = [...states.keys()].filter(
      (name) => values.get(name)?.shape === 'vector' && !vectors.has(name),
    )
    if (grown.length === 0) return finish(rule, states, values)
    for (const name of grown) vectors.add(name)
  }
}

interface StateFound extends Place {
  readonly written: string
  readonly initial: number
}

function finish(
  rule: Rule,
  states: ReadonlyMap<string, StateFound>,
  values: ReadonlyMap<string, Node>,
): Program {
  const parameter = values.get('w')
  if (parameter === undefined || parameter.kind === 'parameter') {
    const { line, column } = rule.statements[rule.statements.length - 1]
    throw new RuleError(rule.text, { line, column }, 'w', 'the rule never changes w', 'an update of w')
  }
  const variables = [...states].map(([name, { written, initial }]) => {
    const next = values.get(name)
    if (next === undefined || next.shape === 'mask') throw new Error(`unreachable: ${name} has no value`)
    return { name: written, initial, shape: next.shape, next }
  })
  return { states: variables, parameter, text: rule.text }
}

const reserved: ReadonlySet<string> = new Set(['w', 'gradient', 't'])

/** Hyper-parameters by the one key of all their spellings. */
function hyperparameterNames(rule: Rule, hyperparameters: readonly string[]): Map<string, string> {
  const names = new Map<string, string>()
  for (const name of hyperparameters) {
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
  rule: Rule,
  parts: RuleParts,
  hyperparameters: ReadonlyMap<string, string>,
): Map<string, StateFound> {
  const { initial, body } = parts
  const states = new Map<string, StateFound>()
  for (const { targets, values, line, column } of initial) {
    for (const [index, target] of targets.entries()) {
      const key = canonicalName(target)
      if (hyperparameters.has(key)) throw notAssignable(rule, { line, column }, target, 'a hyper-parameter')
      states.set(key, { written: target, initial: constantValue(values[index]) ?? 0, line, column })
    }
  }
  const assigned = new Set<string>()
  const everAssigned = new Set(body.flatMap(({ targets }) => targets.map(canonicalName)))
  for (const statement of body) {
    for (const name of statement.values.flatMap(namesIn)) {
      const key = canonicalName(name.name)
      if (assigned.has(key) || reserved.has(key) || hyperparameters.has(key) || states.has(key)) continue
      if (!everAssigned.has(key))
        throw unknownName(rule, name, [...hyperparameters.values(), ...everAssigned])
      states.set(key, { written: name.name, initial: 0, line: name.line, column: name.column })
    }
    for (const target of statement.targets) {
      const key = canonicalName(target)
      if (key === 't') throw notAssignable(rule, statement, target, 'the step')
      if (hyperparameters.has(key)) throw notAssignable(rule, statement, target, 'a hyper-parameter')
      assigned.add(key)
    }
  }
  for (const [key, { written, line, column }] of states) {
    if (everAssigned.has(key)) continue
    const problem = `the state "${written}" is never written`
    throw new RuleError(
      rule.text,
      { line, column },
      written,
      problem,
      `a line that assigns ${written}, or none at all`,
    )
  }
  return states
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
  return new RuleError(rule.text, name, name.name, `unknown name "${name.name}"`, `one of ${known}`)
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

/** The value of every variable after the statements, given which states are vectors. */
function evaluate(
  rule: Rule,
  body: readonly Statement[],
  hyperparameters: ReadonlyMap<string, string>,
  states: ReadonlyMap<string, StateFound>,
  vectors: ReadonlySet<string>,
): Map<string, Node> {
  const graph = createGraph()
  const values = new Map<string, Node>([
    ['w', graph.leaf({ kind: 'parameter', shape: 'vector' })],
    ['gradient', graph.leaf({ kind: 'gradient', shape: 'vector' })],
    ['t', graph.leaf({ kind: 'step', shape: 'scalar' })],
  ])
  for (const [key, name] of hyperparameters)
    values.set(key, graph.leaf({ kind: 'hyperparameter', shape: 'scalar', name }))
  for (const [key, { written }] of states) {
    values.set(
      key,
      graph.leaf({ kind: 'state', shape: vectors.has(key) ? 'vector' : 'scalar', name: written }),
    )
  }

  function nodeOf(expression: Expression): Node {
    switch (expression.kind) {
      case 'number':
        return graph.leaf({ kind: 'constant', shape: 'scalar', value: expression.value })
      case 'name': {
        const value = values.get(canonicalName(expression.name))
        if (value === undefined)
          throw unknownName(rule, expression, [...hyperparameters.values(), ...values.keys()])
        return value
      }
      case 'negate':
        return numeric(expression, 'negate', [expression.operand])
      case 'compare': {
        const inputs = [expression.left, expression.right].map((each) => number(each))
        return graph.operation(expression.operator, 'mask', inputs)
      }
      case 'binary':
        if (expression.operator === '**') return power(expression, expression.left, expression.right)
        return numeric(expression, expression.operator, [expression.left, expression.right])
      case 'call':
        return call(expression)
    }
  }

  /** A value that is a number, not a condition. */
  function number(expression: Expression): Node {
    const value = nodeOf(expression)
    if (value.shape !== 'mask') return value
    throw new RuleError(rule.text, expression, '', 'a comparison is not a number', 'where(condition, a, b)')
  }

  function numeric(_place: Place, operation: Operation, operands: readonly Expression[]): Node {
    const inputs = operands.map(number)
    return graph.operation(operation, shapeOf(inputs), inputs)
  }

  function call(expression: Extract<Expression, { kind: 'call' }>): Node {
    const [first, second] = expression.arguments
    if (expression.function === 'pow') return power(expression, first, second)
    if (expression.function === 'where') {
      const condition = nodeOf(first)
      if (condition.shape !== 'mask') {
        throw new RuleError(
          rule.text,
          first,
          '',
          'the first argument of where is not a condition',
          'a comparison such as g > 0',
        )
      }
      const inputs = [condition, ...expression.arguments.slice(1).map(number)]
      return graph.operation('where', shapeOf(inputs), inputs)
    }
    const value = numeric(expression, expression.function, expression.arguments)
    if (value.shape === 'vector' && (expression.function === 'exp' || expression.function === 'log')) {
      const problem = `${expression.function} of a vector has no compiled form`
      throw new RuleError(
        rule.text,
        expression,
        expression.function,
        problem,
        `${expression.function} of numbers that depend on no vector`,
      )
    }
    return value
  }

  function power(place: Place, base: Expression, exponent: Expression): Node {
    const inputs = [number(base), number(exponent)]
    const [left, right] = inputs
    if (left.shape === 'scalar' && right.shape === 'scalar') return graph.operation('power', 'scalar', inputs)
    const value = right.kind === 'constant' ? right.value : Number.NaN
    if (value === 0.5) return graph.operation('sqrt', 'vector', [left])
    if (!Number.isInteger(value) || value < 1 || value > maxExponent) {
      const problem = 'the exponent of a vector must be known'
      throw new RuleError(rule.text, place, '**', problem, `a whole number from 1 to ${maxExponent}, or 0.5`)
    }
    let product = left
    for (let factor = 1; factor < value; factor++) product = graph.operation('*', 'vector', [product, left])
    return product
  }

  for (const { targets, values: expressions } of body) {
    const results = expressions.map(number)
    for (const [index, target] of targets.entries()) values.set(canonicalName(target), results[index])
  }
  return values
}
