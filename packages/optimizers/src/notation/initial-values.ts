import { canonicalName } from './names.ts'
import type { Rule } from './parse.ts'
import { RuleError } from './rule-error.ts'
import type { Expression, Statement } from './syntax.ts'

const reserved: ReadonlySet<string> = new Set(['w', 'gradient', 't'])

/** A rule in its two parts: lines that run once, before the first step, and lines that run at every step. */
export interface RuleParts {
  readonly initial: readonly Statement[]
  readonly body: readonly Statement[]
}

/**
 * Splits a rule: the leading lines that assign nothing but numbers give states their initial values. Where the rule has
 * a `for t in range(...):` line, it stands exactly between the two parts.
 */
export function ruleParts(rule: Rule): RuleParts {
  const { statements, loopAt } = rule
  const first = statements.findIndex(({ values }) =>
    values.some((value) => constantValue(value) === undefined),
  )
  const count = first === -1 ? statements.length : first
  if (loopAt !== undefined && loopAt < count) {
    const [target] = statements[loopAt].targets
    const problem = `"${target}" starts again at every step`
    throw new RuleError(
      rule.text,
      statements[loopAt],
      target,
      problem,
      'initial values before the "for" line',
    )
  }
  if (loopAt !== undefined && loopAt > count) {
    const expected = 'nothing but initial values before the "for" line'
    throw new RuleError(
      rule.text,
      statements[count],
      '',
      'this line would run once, not at every step',
      expected,
    )
  }
  const initial = statements.slice(0, count)
  const seen = new Set<string>()
  for (const statement of initial) {
    for (const target of statement.targets) {
      const name = canonicalName(target)
      const problem = reserved.has(name)
        ? `"${target}" has no initial value`
        : `"${target}" has two initial values`
      if (reserved.has(name) || seen.has(name)) {
        throw new RuleError(rule.text, statement, target, problem, 'one initial value for each state')
      }
      seen.add(name)
    }
  }
  return { initial, body: statements.slice(count) }
}

/** The value of an expression without names; undefined if it has any. */
export function constantValue(expression: Expression): number | undefined {
  if (expression.kind === 'number') return expression.value
  if (expression.kind === 'negate') {
    const value = constantValue(expression.operand)
    return value === undefined ? undefined : -value
  }
  if (expression.kind !== 'binary') return undefined
  const left = constantValue(expression.left)
  const right = constantValue(expression.right)
  if (left === undefined || right === undefined) return undefined
  switch (expression.operator) {
    case '+':
      return left + right
    case '-':
      return left - right
    case '*':
      return left * right
    case '/':
      return left / right
    default:
      return left ** right
  }
}
