import type { Comparison, Emit, Lanes } from '@thalweg/kernels'
import { isNumber, type Node, type Operation, type OperationNode } from './program.ts'

const comparisons: ReadonlySet<Operation> = new Set(['<', '<=', '>', '>=', '==', '!='])

function isComparison(operation: Operation): operation is Comparison {
  return comparisons.has(operation)
}

/** How many times the inputs of an operation are emitted, by lanes of this width. */
export function emissions({ operation }: OperationNode, width: number): number {
  if (operation === 'sign') return 3
  return operation === 'exp' || operation === 'log' || operation === 'power' ? width : 1
}

/** An operation over lanes, given the values of its inputs. */
export function operationOn(lanes: Lanes, node: OperationNode, value: (node: Node) => Emit): Emit {
  const [first, second] = node.inputs
  switch (node.operation) {
    case '+':
      return lanes.add(value(first), value(second))
    case '-':
      return lanes.sub(value(first), value(second))
    case '*':
      return lanes.mul(value(first), value(second))
    case '/':
      return lanes.div(value(first), value(second))
    case 'min':
      return lanes.min(value(first), value(second))
    case 'max':
      return lanes.max(value(first), value(second))
    case 'negate':
      return lanes.neg(value(first))
    case 'sqrt':
      return lanes.sqrt(value(first))
    case 'abs':
      return lanes.abs(value(first))
    case 'sign':
      return sign(lanes, value(first))
    case 'where':
      return where(lanes, node, value)
    case 'exp':
    case 'log':
      return lanes.transcendental(node.operation, [value(first)])
    case 'power':
      return lanes.transcendental('pow', [value(first), value(second)])
    default:
      // A comparison of numbers, as one.
      return lanes.choose(node.operation, value(first), value(second), lanes.constant(1), lanes.constant(0))
  }
}

/** 1 above 0, -1 below, x itself (a zero of its sign, or NaN) otherwise. */
function sign(lanes: Lanes, x: Emit): Emit {
  const below = lanes.choose('<', x, lanes.constant(0), lanes.constant(-1), x)
  return lanes.choose('>', x, lanes.constant(0), lanes.constant(1), below)
}

function where(lanes: Lanes, node: OperationNode, value: (node: Node) => Emit): Emit {
  const [condition, yes, no] = node.inputs
  // A condition over numbers arrives as a number, which holds unless it is 0.
  if (isNumber(condition))
    return lanes.choose('!=', value(condition), lanes.constant(0), value(yes), value(no))
  if (condition.kind !== 'operation' || !isComparison(condition.operation))
    throw new Error('unreachable: no condition')
  const [left, right] = condition.inputs
  return lanes.choose(condition.operation, value(left), value(right), value(yes), value(no))
}
