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
 * Splits a rule: the leading lines that give states their initial values, and the rest. An initial value is a number,
 * or a hyper-parameter or `w` given to a name that is assigned again below. Where the rule has a
 * `for t in range(...):` line, it stands exactly between the two parts.
 */
export function ruleParts(rule: Rule): RuleParts {
  const { statements, loopAt } = rule
  const first = statements.findIndex((_, index) => !isInitial(statements, index))
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

function isInitial(statements: readonly Statement[], index: number): boolean {
  const { targets, values } = statements[index]
  const assignedBelow = statements.slice(index + 1).flatMap((each) => each.targets.map(canonicalName))
  return values.every((value, position) => {
    if (value.kind !== 'name') return constantValue(value) !== undefined
    const name = canonicalName(value.name)
    if (name === 'gradient' || name === 't') return false
    // A variable of the rule is a value of the step, not one that is there before it.
    if (name !== 'w' && statements.some((each) => each.targets.map(canonicalName).includes(name)))
      return false
    return assignedBelow.includes(canonicalName(targets[position]))
  })
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
