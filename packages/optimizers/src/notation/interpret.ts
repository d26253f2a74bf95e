import { ruleParts } from './initial-values.ts'
import { canonicalName } from './names.ts'
import type { Rule } from './parse.ts'
import type { Expression, FunctionName } from './syntax.ts'

/** The state of an interpreted rule: every variable's value at every coordinate, in f64. */
export interface InterpretedState {
  step: number
  readonly coordinates: Map<string, number>[]
}

/** The state before the first step; variables that are not there yet read as 0. */
export function initialState(length: number): InterpretedState {
  return { step: 0, coordinates: Array.from({ length }, () => new Map()) }
}

/**
 * One step of a rule, by walking its text for each coordinate in f64: slow and obvious, the measure of the compiler.
 * A name keeps its value from step to step, except that leading `name = number` lines run at the first step only.
 */
export function interpret(
  rule: Rule,
  hyperparameters: Readonly<Record<string, number>>,
  parameters: Float64Array,
  gradient: ArrayLike<number>,
  state: InterpretedState,
): void {
  state.step += 1
  const { initial, body } = ruleParts(rule)
  const statements = state.step === 1 ? [...initial, ...body] : body
  parameters.forEach((parameter, index) => {
    const names = state.coordinates[index]
    for (const [name, value] of Object.entries(hyperparameters)) names.set(canonicalName(name), value)
    names.set('w', parameter).set('gradient', gradient[index]).set('t', state.step)
    for (const { targets, values } of statements) {
      const results = values.map((value) => evaluate(value, names))
      for (const [position, target] of targets.entries()) names.set(canonicalName(target), results[position])
    }
    parameters[index] = names.get('w') ?? Number.NaN
  })
}

function evaluate(expression: Expression, names: ReadonlyMap<string, number>): number {
  const value = (inner: Expression): number => evaluate(inner, names)
  switch (expression.kind) {
    case 'number':
      return expression.value
    case 'name':
      return names.get(canonicalName(expression.name)) ?? 0
    case 'negate':
      return -value(expression.operand)
    case 'compare':
      return compare(expression.operator, value(expression.left), value(expression.right)) ? 1 : 0
    case 'call':
      return functions[expression.function](...expression.arguments.map(value))
    case 'binary':
      return arithmetic[expression.operator](value(expression.left), value(expression.right))
  }
}

const arithmetic = {
  '+': (a: number, b: number) => a + b,
  '-': (a: number, b: number) => a - b,
  '*': (a: number, b: number) => a * b,
  '/': (a: number, b: number) => a / b,
  '**': power,
}

const functions: Readonly<Record<FunctionName, (...values: number[]) => number>> = {
  sqrt: Math.sqrt,
  abs: Math.abs,
  sign: Math.sign,
  exp: Math.exp,
  log: Math.log,
  min: Math.min,
  max: Math.max,
  pow: power,
  where: (condition, yes, no) => (condition !== 0 ? yes : no),
}

/** Square root for 0.5; else the language's power, whose rounding of small whole exponents differs from a product's by an ulp. */
function power(base: number, exponent: number): number {
  return exponent === 0.5 ? Math.sqrt(base) : base ** exponent
}

function compare(operator: string, a: number, b: number): boolean {
  switch (operator) {
    case '<':
      return a < b
    case '<=':
      return a <= b
    case '>':
      return a > b
    case '>=':
      return a >= b
    case '==':
      return a === b
    default:
      return a !== b
  }
}
