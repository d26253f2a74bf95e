import type { Node, Operation, Scope } from './program.ts'

/** What a step's numbers are computed from. */
export interface ScalarInputs {
  /** The step, from 1. */
  readonly step: number
  readonly hyperparameters: ReadonlyMap<string, number>
  /** State variables that are one number. */
  readonly states: Readonly<Record<string, Float64Array>>
  /** How many elements a sum is over. */
  readonly counts: Readonly<Record<Scope, number>>
}

/** Computes the wanted numbers of one step, in f64, into `results`. */
export type ScalarProgram = (inputs: ScalarInputs, results: Float64Array) => void

/**
 * Orders the numbers that a rule needs so that each is computed once a step, after what it depends on.
 * None of `wanted` may depend on a vector.
 */
export function scalarProgram(wanted: readonly Node[]): ScalarProgram {
  const places = new Map<Node, number>()
  const order: Node[] = []
  const visit = (node: Node): void => {
    if (places.has(node)) return
    if (node.kind === 'operation') node.inputs.forEach(visit)
    places.set(node, order.length)
    order.push(node)
  }
  wanted.forEach(visit)
  const values = new Float64Array(order.length)
  const instructions = order.map((node, place) => instruction(node, place, values, places))
  const outputs = wanted.map((node) => places.get(node) ?? -1)

  return (inputs, results) => {
    for (let place = 0; place < instructions.length; place++) instructions[place](inputs)
    for (let index = 0; index < outputs.length; index++) results[index] = values[outputs[index]]
  }
}

/** What fills one place; a closure each, because looking operations up by name takes longer than doing them. */
function instruction(
  node: Node,
  place: number,
  values: Float64Array,
  places: ReadonlyMap<Node, number>,
): (inputs: ScalarInputs) => void {
  switch (node.kind) {
    case 'constant':
      values[place] = node.value
      return () => {}
    case 'step':
      return (inputs) => {
        values[place] = inputs.step
      }
    case 'count':
      return (inputs) => {
        values[place] = inputs.counts[node.scope]
      }
    case 'hyperparameter':
      return (inputs) => {
        values[place] = inputs.hyperparameters.get(node.name) ?? Number.NaN
      }
    case 'state':
      return (inputs) => {
        values[place] = inputs.states[node.name][0]
      }
    case 'operation': {
      const [first, second, third] = node.inputs.map((input) => places.get(input) ?? -1)
      const { operation } = node
      if (operation === 'where') {
        return () => {
          values[place] = values[first] !== 0 ? values[second] : values[third]
        }
      }
      const apply = operations[operation]
      return () => {
        values[place] = apply(values[first], values[second])
      }
    }
    default:
      throw new Error(`unreachable: ${node.kind} depends on a vector`)
  }
}

/** An operation on numbers; comparisons give 1 or 0. */
export function operate(operation: Operation, values: readonly number[]): number {
  const [first, second, third] = values
  if (operation === 'where') return first !== 0 ? second : third
  return operations[operation](first, second)
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
  // As for vectors, which differs from the language's power at -0 and -Infinity.
  power: (a, b) => (b === 0.5 ? Math.sqrt(a) : a ** b),
  sqrt: Math.sqrt,
  abs: Math.abs,
  sign: Math.sign,
  exp: Math.exp,
  log: Math.log,
  min: Math.min,
  max: Math.max,
}
