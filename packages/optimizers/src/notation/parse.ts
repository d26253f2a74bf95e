import { RuleError } from './rule-error.ts'
import {
  type BinaryOperator,
  type Comparison,
  type Expression,
  functionArity,
  functionNamed,
  type Statement,
} from './syntax.ts'
import { type Token, tokenize } from './tokens.ts'

/** How deep expressions may nest, and how long a rule may be: one from outside must not exhaust the stack. */
const maxDepth = 64
const maxTokens = 1500
const maxCharacters = 100_000

const precedence: Readonly<Record<string, number>> = { '+': 1, '-': 1, '*': 2, '/': 2 }
const comparisons: ReadonlySet<string> = new Set(['<', '<=', '>', '>=', '==', '!='])
const assignments: ReadonlySet<string> = new Set(['=', '+=', '-=', '*=', '/='])

/** A rule as read: its text, for messages, and its statements in order. */
export interface Rule {
  readonly text: string
  readonly statements: readonly Statement[]
  /** How many statements stand before the `for t in range(...):` line; undefined if there is none. */
  readonly loopAt: number | undefined
}

/**
 * Reads a rule. Precedence is Python's: `-a**2` is `-(a**2)`, `-a * b` is `(-a) * b`, `**` binds to the right.
 * Indentation and `np.` before a function mean nothing; a `for t in range(...):` line ends the initial values.
 * Throws RuleError with the place, what stands there, and what was expected.
 */
export function parse(text: string): Rule {
  if (text.length > maxCharacters) {
    const place = { line: 1, column: 1 }
    throw new RuleError('', place, '', 'the rule is too long', `at most ${maxCharacters} characters`)
  }
  const tokens = tokenize(text)
  if (tokens.length > maxTokens) {
    const token = tokens[maxTokens]
    throw new RuleError(text, token, token.text, 'the rule is too long', `at most ${maxTokens} words`)
  }
  let position = 0
  const peek = (): Token => tokens[position]
  const take = (): Token => tokens[position++]
  const is = (operator: string): boolean => peek().kind === 'operator' && peek().text === operator
  const fail = (expected: string): never => {
    const token = peek()
    const found = token.kind === 'newline' || token.kind === 'end' ? 'end of line' : `"${token.text}"`
    throw new RuleError(text, token, token.text, `unexpected ${found}`, expected)
  }
  const expectOperator = (operator: string): void => {
    if (!is(operator)) fail(`"${operator}"`)
    position += 1
  }

  function expression(depth: number): Expression {
    const left = sum(depth, 1)
    const token = peek()
    if (token.kind !== 'operator' || !comparisons.has(token.text)) return left
    position += 1
    const { line, column } = token
    return { kind: 'compare', operator: token.text as Comparison, left, right: sum(depth, 1), line, column }
  }

  function sum(depth: number, level: number): Expression {
    if (level > 2) return unary(depth)
    let left = sum(depth, level + 1)
    while (peek().kind === 'operator' && precedence[peek().text] === level) {
      const { text: operator, line, column } = take()
      left = {
        kind: 'binary',
        operator: operator as BinaryOperator,
        left,
        right: sum(depth, level + 1),
        line,
        column,
      }
    }
    return left
  }

  function unary(depth: number): Expression {
    const { line, column } = peek()
    if (depth > maxDepth)
      throw new RuleError(
        text,
        peek(),
        peek().text,
        'the expression nests too deeply',
        `at most ${maxDepth} levels`,
      )
    if (is('-')) {
      position += 1
      return { kind: 'negate', operand: unary(depth + 1), line, column }
    }
    if (is('+')) {
      position += 1
      return unary(depth + 1)
    }
    const base = primary(depth)
    if (!is('**')) return base
    const operator = take()
    return {
      kind: 'binary',
      operator: '**',
      left: base,
      right: unary(depth + 1),
      line: operator.line,
      column: operator.column,
    }
  }

  function primary(depth: number): Expression {
    const token = peek()
    const { line, column } = token
    if (is('(')) {
      position += 1
      const inner = expression(depth + 1)
      expectOperator(')')
      return inner
    }
    if (token.kind === 'number') {
      position += 1
      return { kind: 'number', value: Number(token.text), line, column }
    }
    if (token.kind !== 'name') return fail('a name, a number or "("')
    position += 1
    if (token.text === 'np' && is('.')) {
      position += 1
      if (peek().kind !== 'name') fail('the name of a function')
      return call(take(), depth)
    }
    return is('(') ? call(token, depth) : { kind: 'name', name: token.text, line, column }
  }

  function call(name: Token, depth: number): Expression {
    const { line, column } = name
    const named = functionNamed(name.text)
    if (named === undefined) {
      const known = Object.keys(functionArity).join(', ')
      throw new RuleError(text, name, name.text, `unknown function "${name.text}"`, `one of ${known}`)
    }
    expectOperator('(')
    const values = [expression(depth + 1)]
    while (is(',')) {
      position += 1
      values.push(expression(depth + 1))
    }
    const arity = functionArity[named]
    if (values.length !== arity) {
      const problem = `${name.text} has ${values.length} argument${values.length === 1 ? '' : 's'}`
      throw new RuleError(text, name, name.text, problem, String(arity))
    }
    expectOperator(')')
    return { kind: 'call', function: named, arguments: values, line, column }
  }

  function statement(): Statement {
    const { line, column } = peek()
    const targets = [target()]
    while (is(',')) {
      position += 1
      targets.push(target())
    }
    const operator = peek()
    if (operator.kind !== 'operator' || !assignments.has(operator.text))
      return fail('"=", "+=", "-=", "*=" or "/="')
    position += 1
    const values = [expression(0)]
    while (is(',')) {
      position += 1
      values.push(expression(0))
    }
    if (values.length !== targets.length || (operator.text !== '=' && targets.length > 1)) {
      const problem = `${targets.length} names take ${values.length} values`
      throw new RuleError(text, operator, operator.text, problem, `"=" and ${targets.length} values`)
    }
    if (peek().kind !== 'newline') fail('an operator or the end of the line')
    position += 1
    if (operator.text === '=') return { targets, values, line, column }
    // w += x is w = w + x.
    const [name] = targets
    const left: Expression = { kind: 'name', name, line, column }
    const place = { line: operator.line, column: operator.column }
    const value: Expression = {
      kind: 'binary',
      operator: operator.text[0] as BinaryOperator,
      left,
      right: values[0],
      ...place,
    }
    return { targets, values: [value], line, column }
  }

  function target(): string {
    return peek().kind === 'name' ? take().text : fail('the name of a variable')
  }

  /** `for t in range(iterations):` of the lecture notes: every rule is the body of that loop. */
  function loopHeader(): void {
    const words = ['for', 't', 'in', 'range', '(']
    for (const word of words) {
      if (peek().text !== word) fail(`"${word}" of "for t in range(...):"`)
      position += 1
    }
    // `range(n)`, `range(1, n)` or `range(1, n, 1)`: t counts from 1 in any case.
    for (let bound = 1; ; bound++) {
      expression(0)
      if (bound === 3 || !is(',')) break
      position += 1
    }
    expectOperator(')')
    expectOperator(':')
    if (peek().kind === 'newline') position += 1
  }

  const statements: Statement[] = []
  let loopAt: number | undefined
  while (peek().kind !== 'end') {
    if (peek().kind === 'newline') position += 1
    else if (peek().text === 'for' && loopAt === undefined) {
      loopHeader()
      loopAt = statements.length
    } else statements.push(statement())
  }
  if (statements.length === 0) fail('an update of w, such as "w += -learning_rate * gradient"')
  return { text, statements, loopAt }
}
