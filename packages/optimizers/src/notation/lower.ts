import { createGraph, type Graph } from './graph.ts'
import { canonicalName } from './names.ts'
import type { Rule } from './parse.ts'
import type { Node, Program, StateVariable } from './program.ts'
import { reduce } from './reduce.ts'
import { type Place, RuleError } from './rule-error.ts'
import { type Expression, isReduction } from './syntax.ts'
import { callsThem, type FoundState, findVariables, type Link, type Variables } from './variables.ts'

/** The largest whole exponent of a vector: it becomes multiplications. */
const maxExponent = 8

/** How many passes over memory, and how many different values, a step may take: a rule can come from outside. */
const maxPasses = 8
const maxValues = 3000

/** How many operations may follow one another: what walks over them must not exhaust the stack. */
const maxChain = 1000

/** A link with its variables told apart. */
interface KnownLink extends Variables {
  readonly link: Link
  /** States by their key, under the names they have in the whole program. */
  readonly names: ReadonlyMap<string, string>
}

/**
 * Understands rules that run one after the other in each step: which names are state, what each expression is over, and
 * what every variable becomes, as one graph in which equal expressions are one node. They share w, the gradient and t;
 * every other name is a link's own.
 *
 * Throws RuleError with the place for a name that is unknown, a state that never changes, and a vector exponent that is
 * no small whole number.
 */
export function lower(links: readonly Link[]): Program {
  const taken = new Set<string>()
  const known = links.map((link): KnownLink => {
    const variables = findVariables(link)
    const names = new Map<string, string>()
    for (const [key, { written }] of variables.states) {
      let name = written
      while (taken.has(name)) name = `${link.label}.${name}`
      taken.add(name)
      names.set(key, name)
    }
    return { ...variables, link, names }
  })
  // A state is one number until a vector feeds it; feeding it may make others vectors in turn.
  const vectors = new Set(
    known.flatMap(({ states, names }) =>
      [...states].filter(([, state]) => isVectorFromStart(state)).map(([key]) => names.get(key) ?? key),
    ),
  )
  for (;;) {
    const { program, misuse } = evaluate(known, vectors)
    const grown = program.states.filter(({ name, next }) => next.shape === 'vector' && !vectors.has(name))
    if (grown.length === 0) {
      const asGiven = isAsGiven(known)
      if (asGiven && misuse !== undefined) throw misuse
      return checked(known, withoutUnread(known, program), asGiven)
    }
    for (const { name } of grown) vectors.add(name)
  }
}

/**
 * Whether this is a rule as its author gave it. Known hyper-parameters may turn a vector into a number and leave out
 * what changed w: that is no mistake of the author's.
 */
function isAsGiven(links: readonly KnownLink[]): boolean {
  return links.length === 1 && (links[0].link.constants?.size ?? 0) === 0
}

function isVectorFromStart({ initial, input }: FoundState): boolean {
  return initial.kind === 'parameter' || input
}

function checked(links: readonly KnownLink[], program: Program, asGiven: boolean): Program {
  const last = links[links.length - 1].link.rule
  const { line, column } = last.statements[last.statements.length - 1]
  const fail = (found: string, problem: string, expected: string): never => {
    throw new RuleError(last.text, { line, column }, found, problem, expected)
  }
  const { leaf, next } = program.parameter
  if (asGiven && leaf === next && links.some(({ link }) => link.transform !== true)) {
    fail('w', 'the rule never changes w', `an update of w: ${callsThem}`)
  }
  const nodes = reachable([next, program.gradient, ...program.states.map((state) => state.next)])
  const passes = 1 + Math.max(...[...nodes].map((node) => node.level))
  if (passes > maxPasses) fail('', `the rule takes ${passes} passes over memory`, `at most ${maxPasses}`)
  if (nodes.size * passes > maxValues) {
    fail('', `the rule computes ${nodes.size * passes} values a step`, `at most ${maxValues}`)
  }
  return program
}

/**
 * Leaves out the states that nothing but themselves reads, where a rule was made for known hyper-parameters: momentum 0
 * has no velocity. In a rule as given, a state that nobody reads is there to be looked at.
 */
function withoutUnread(links: readonly KnownLink[], program: Program): Program {
  if (links.every(({ link }) => (link.constants?.size ?? 0) === 0)) return program
  const kept = new Set(
    links.flatMap(({ link, names }) => (link.keeps ?? []).map((name) => names.get(canonicalName(name)))),
  )
  const roots = program.states.filter(({ name }) => kept.has(name)).map(({ next }) => next)
  const read = reachable([program.parameter.next, program.gradient, ...roots])
  for (let size = 0; size < read.size; ) {
    size = read.size
    for (const { leaf, next } of program.states) {
      if (read.has(leaf)) for (const node of reachable([next])) read.add(node)
    }
  }
  return { ...program, states: program.states.filter(({ name, leaf }) => read.has(leaf) || kept.has(name)) }
}

/** The nodes that these need, themselves included. */
function reachable(nodes: readonly Node[]): Set<Node> {
  const found = new Set<Node>()
  const visit = (node: Node): void => {
    if (found.has(node)) return
    found.add(node)
    if (node.kind === 'operation' || node.kind === 'sum') node.inputs.forEach(visit)
  }
  nodes.forEach(visit)
  return found
}

interface Evaluated {
  readonly program: Program
  /** The first sum of a number: a mistake, unless the number is a state that another state makes a vector. */
  readonly misuse: RuleError | undefined
}

/** The program, given which states are vectors. */
function evaluate(links: readonly KnownLink[], vectors: ReadonlySet<string>): Evaluated {
  let misuse: RuleError | undefined
  const onMisuse = (error: () => RuleError): void => {
    misuse ??= error()
  }
  const graph = createGraph()
  const leaf = graph.leaf({ kind: 'parameter', shape: 'vector' })
  const shared = new Map<string, Node>([
    ['w', leaf],
    ['gradient', graph.leaf({ kind: 'gradient', shape: 'vector' })],
    ['t', graph.leaf({ kind: 'step', shape: 'scalar' })],
  ])
  const states = links.flatMap((known): StateVariable[] => {
    const values = new Map(shared)
    if (known.link.transform === true) values.set('start', leaf)
    const { constants } = known.link
    for (const [key, name] of known.hyperparameters) {
      const value = constants?.get(name)
      values.set(
        key,
        value === undefined
          ? graph.leaf({ kind: 'hyperparameter', shape: 'scalar', name })
          : graph.leaf({
              kind: 'constant',
              shape: 'scalar',
              value,
              ...(value === 0 && { absent: true as const }),
            }),
      )
    }
    const leaves = new Map<string, Node>()
    for (const [key, name] of known.names) {
      const shape = vectors.has(name) ? 'vector' : 'scalar'
      const state = graph.leaf({ kind: 'state', shape, name })
      leaves.set(key, state)
      values.set(key, state)
    }
    run(known, graph, values, onMisuse)
    for (const name of ['w', 'gradient']) shared.set(name, values.get(name) ?? leaf)
    return [...known.states].map(([key, { initial }]) => {
      const [own, next] = [leaves.get(key), values.get(key)]
      if (own === undefined || next === undefined || next.shape === 'mask')
        throw new Error(`unreachable: ${key} has no value`)
      const name = known.names.get(key) ?? key
      // One that starts as w stays a vector, even if it becomes a number.
      return { name, initial, shape: vectors.has(name) ? 'vector' : next.shape, leaf: own, next }
    })
  })
  const [next, gradient] = [shared.get('w') ?? leaf, shared.get('gradient') ?? leaf]
  const hyperparameters = [
    ...new Set(links.flatMap(({ link }) => [...link.hyperparameters, ...(link.inherits ?? [])])),
  ]
  return { program: { hyperparameters, states, parameter: { leaf, next }, gradient }, misuse }
}

/** Runs a link's statements over `values`, which holds every name's value. */
function run(
  { link, body }: KnownLink,
  graph: Graph,
  values: Map<string, Node>,
  onMisuse: (error: () => RuleError) => void,
): void {
  const { rule, scope = 'tensor' } = link

  function nodeOf(expression: Expression): Node {
    switch (expression.kind) {
      case 'number':
        return graph.constant(expression.value)
      case 'name': {
        const value = values.get(canonicalName(expression.name))
        if (value === undefined) throw new Error(`unreachable: ${expression.name} was found before`)
        return value
      }
      case 'negate':
        return graph.operation('negate', [number(expression.operand)])
      case 'compare':
        return graph.comparison(expression.operator, [number(expression.left), number(expression.right)])
      case 'binary':
        if (expression.operator === '**') return power(expression, expression.left, expression.right, false)
        return graph.operation(expression.operator, [number(expression.left), number(expression.right)])
      case 'call':
        return call(expression)
    }
  }

  /** A value that is a number, not a condition. */
  function number(expression: Expression): Node {
    if (expression.kind !== 'compare') return nodeOf(expression)
    throw new RuleError(rule.text, expression, '', 'a comparison is not a number', 'where(condition, a, b)')
  }

  function call(expression: Extract<Expression, { kind: 'call' }>): Node {
    const { function: name, arguments: operands } = expression
    const [first, second, third] = operands
    if (name === 'pow') return power(expression, first, second, true)
    if (name === 'where') {
      const inputs = [condition(first), number(second), number(third)]
      return graph.operation('where', inputs)
    }
    if (!isReduction(name)) return graph.operation(name, operands.map(number))
    const inputs = operands.map(number)
    for (const [index, input] of inputs.entries()) {
      if (input.shape === 'vector') continue
      const problem = `${name} of a number`
      const expected = 'a vector: what w or gradient feeds'
      onMisuse(() => new RuleError(rule.text, operands[index], name, problem, expected))
    }
    return reduce(graph, scope, name, inputs)
  }

  /** A number is a condition too: whether it is other than 0. */
  function condition(expression: Expression): Node {
    if (expression.kind === 'compare') return nodeOf(expression)
    const value = number(expression)
    // Compared in f64: f32 has no number as small.
    if (value.shape === 'scalar') return graph.comparison('!=', [value, graph.constant(0)])
    const expected = 'a comparison such as g > 0'
    throw new RuleError(rule.text, expression, '', 'the first argument of where is not a condition', expected)
  }

  function power(place: Place, base: Expression, exponent: Expression, any: boolean): Node {
    const inputs = [number(base), number(exponent)]
    const [left, right] = inputs
    if (left.shape === 'scalar' && right.shape === 'scalar') return graph.operation('power', inputs)
    const value = right.kind === 'constant' ? right.value : Number.NaN
    if (value === 0.5) return graph.operation('sqrt', [left])
    if (Number.isInteger(value) && value >= 1 && value <= maxExponent) {
      let product = left
      for (let factor = 1; factor < value; factor++) product = graph.operation('*', [product, left])
      return product
    }
    if (any) return graph.operation('power', inputs)
    const problem = 'the exponent of a vector must be known'
    const expected = `a whole number from 1 to ${maxExponent}, or 0.5; pow(a, b), which is slow, for others`
    throw new RuleError(rule.text, place, '**', problem, expected)
  }

  for (const { targets, values: expressions, line, column } of body) {
    const results = expressions.map(number)
    const chain = Math.max(...results.map(graph.depthOf))
    if (chain > maxChain) {
      const problem = `this takes ${chain} operations one after the other`
      throw new RuleError(rule.text, { line, column }, targets[0], problem, `at most ${maxChain}`)
    }
    for (const [index, target] of targets.entries()) values.set(canonicalName(target), results[index])
  }
}

/** Throws RuleError unless the text is a rule over these hyper-parameters. */
export function checkLink(rule: Rule, hyperparameters: readonly string[]): void {
  lower([{ label: 'rule', rule, hyperparameters }])
}
