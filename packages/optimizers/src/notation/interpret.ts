import { ruleParts } from './initial-values.ts'
import { canonicalName } from './names.ts'
import type { Rule } from './parse.ts'
import type { Expression, FunctionName, ReductionName } from './syntax.ts'
import { isReduction } from './syntax.ts'

/** A number, or one number a coordinate. */
type Value = number | Float64Array

/** One tensor as the interpreter sees it, in f64: `w` and every other name that has a value. */
export interface InterpretedTensor {
  readonly length: number
  readonly names: Map<string, Value>
}

/** A rule to interpret, and its hyper-parameters. */
export interface InterpretedRule {
  readonly rule: Rule
  readonly hyperparameters: Readonly<Record<string, number>>
}

/** Tensors before the first step; names that are not there yet read as 0. */
export function interpretedTensors(parameters: readonly Float64Array[]): InterpretedTensor[] {
  return parameters.map((w) => {
    return { length: w.length, names: new Map<string, Value>([['w', Float64Array.from(w)]]) }
  })
}

/**
 * One step of a rule, by walking its text line by line over all tensors in f64: slow and obvious, the measure of the
 * compiler. A name keeps its value from step to step, except that leading lines with initial values run at the first
 * step only.
 */
export function interpret(
  { rule, hyperparameters }: InterpretedRule,
  tensors: readonly InterpretedTensor[],
  gradients: readonly ArrayLike<number>[],
  step: number,
): void {
  const { initial, body } = ruleParts(rule)
  const statements = step === 1 ? [...initial, ...body] : body
  for (const [index, { names }] of tensors.entries()) {
    for (const [name, value] of Object.entries(hyperparameters)) names.set(canonicalName(name), value)
    names.set('gradient', Float64Array.from(gradients[index])).set('t', step)
  }
  for (const { targets, values } of statements) {
    const results = values.map((value) => evaluate(value, tensors))
    for (const [position, target] of targets.entries()) {
      for (const [index, { names }] of tensors.entries())
        names.set(canonicalName(target), results[position][index])
    }
  }
  for (const { names, length } of tensors) names.set('w', vector(names.get('w') ?? 0, length))
}

/** The value of an expression in every tensor. */
function evaluate(expression: Expression, tensors: readonly InterpretedTensor[]): Value[] {
  const inner = (each: Expression): Value[] => evaluate(each, tensors)
  switch (expression.kind) {
    case 'number':
      return tensors.map(() => expression.value)
    case 'name':
      return tensors.map(({ names }) => names.get(canonicalName(expression.name)) ?? 0)
    case 'negate':
      return elementWise((a) => -a, [inner(expression.operand)])
    case 'compare':
      return elementWise(
        (a, b) => Number(compare(expression.operator, a, b)),
        [inner(expression.left), inner(expression.right)],
      )
    case 'binary':
      return elementWise(arithmetic[expression.operator], [inner(expression.left), inner(expression.right)])
    case 'call': {
      const operands = expression.arguments.map(inner)
      return isReduction(expression.function)
        ? reduce(expression.function, operands, tensors)
        : elementWise(functions[expression.function], operands)
    }
  }
}

/** A function of numbers, at every coordinate of every tensor. */
function elementWise(apply: (...values: number[]) => number, operands: readonly Value[][]): Value[] {
  return operands[0].map((_, tensor) => {
    const values = operands.map((operand) => operand[tensor])
    const vector = values.find((value) => typeof value !== 'number')
    const at = (index: number): number[] =>
      values.map((value) => (typeof value === 'number' ? value : value[index]))
    return vector === undefined ? apply(...at(0)) : vector.map((_, index) => apply(...at(index)))
  })
}

function reduce(
  name: ReductionName,
  [left, right]: readonly Value[][],
  tensors: readonly InterpretedTensor[],
): Value[] {
  const totals = tensors.map(({ length }, tensor) => {
    const a = vector(left[tensor], length)
    if (name === 'sum' || name === 'mean') return a.reduce((sum, each) => sum + each, 0)
    const b = vector(name === 'dot' ? right[tensor] : a, length)
    return a.reduce((sum, each, index) => sum + each * b[index], 0)
  })
  if (name === 'globalNorm') {
    const total = totals.reduce((sum, each) => sum + each, 0)
    return totals.map(() => Math.sqrt(total))
  }
  if (name === 'norm') return totals.map(Math.sqrt)
  return name === 'mean' ? totals.map((total, tensor) => total / tensors[tensor].length) : totals
}

/** A number is a vector that is the same everywhere. */
function vector(value: Value, length: number): Float64Array {
  return typeof value === 'number' ? new Float64Array(length).fill(value) : value
}

const arithmetic = {
  '+': (a: number, b: number) => a + b,
  '-': (a: number, b: number) => a - b,
  '*': (a: number, b: number) => a * b,
  '/': (a: number, b: number) => a / b,
  '**': power,
}

const functions: Readonly<Record<Exclude<FunctionName, ReductionName>, (...values: number[]) => number>> = {
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
