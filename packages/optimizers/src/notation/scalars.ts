import type { Node, Operation } from './program.ts'

/** What a step's numbers are computed from. */
export interface ScalarInputs {
  /** The step, from 1. */
  readonly step: number
  readonly hyperparameters: ReadonlyMap<string, number>
  /** State variables that are one number. */
  readonly states: ReadonlyMap<string, number>
}

/** Computes, in f64, a value that depends on no vector. */
export function scalarValue(node: Node, inputs: ScalarInputs): number {
  switch (node.kind) {
    case 'constant':
      return node.value
    case 'step':
      return inputs.step
    case 'hyperparameter':
      return inputs.hyperparameters.get(node.name) ?? Number.NaN
    case 'state':
      return inputs.states.get(node.name) ?? Number.NaN
    case 'operation': {
      const [first, second, third] = node.inputs
      const value = (input: Node): number => scalarValue(input, inputs)
      if (node.operation === 'where') return value(first) !== 0 ? value(second) : value(third)
      return operations[node.operation](value(first), second === undefined ? Number.NaN : value(second))
    }
    default:
      throw new Error(`unreachable: ${node.kind} is a vector`)
  }
}

const operations: Readonly<Record<Exclude<Operation, 'where'>, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '<': (a, b) => Number(a < b),
  '<=': (a, b) => Number(a <= b),
  '>': (a, b) => Number(a > b),
  '>=': (a, b) => Number(a >= b),
  '==': (a, b) => Number(a === b),
  '!=': (a, b) => Number(a !== b),
  negate: (a) => -a,
  power: (a, b) => a ** b,
  sqrt: Math.sqrt,
  abs: Math.abs,
  sign: Math.sign,
  exp: Math.exp,
  log: Math.log,
  min: Math.min,
  max: Math.max,
}
