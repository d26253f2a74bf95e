import {
  type Comparison,
  type Emit,
  elementWise,
  get,
  type Kernel,
  type Lanes,
  type Precision,
  set,
} from '@thalweg/kernels'
import type { Node, Operation, Program } from './program.ts'

type OperationNode = Extract<Node, { kind: 'operation' }>

/** A rule as one pass over memory. */
export interface CompiledRule {
  /** `(count, scalarBlock, w, gradient, state…)`, the states in the order of `vectors`. */
  readonly kernel: Kernel
  /** The vector states, each an array of w's length. */
  readonly vectors: readonly string[]
  /** The numbers of the scalar block, in its order: what the pass needs and no vector feeds. */
  readonly scalars: readonly Node[]
}

/**
 * Emits a rule as one fused element-wise kernel: every operand is read once and written once, equal expressions are
 * computed once, and what depends on no vector comes in as a number per step.
 */
export function compile(program: Program, precision: Precision): CompiledRule {
  const vectorStates = program.states.filter((state) => state.shape === 'vector')
  const vectors = vectorStates.map((state) => state.name)
  const outputs = [program.parameter, ...vectorStates.map((state) => state.next)]
  const uses = countUses(outputs)
  const scalars = [...uses.keys()].filter((node) => isNumber(node) && node.kind !== 'constant')
  // What is used twice is kept; so are the outputs, because all reading comes before all writing.
  const kept = [...uses]
    .filter(([node, count]) => !isNumber(node) && node.shape === 'vector' && count > 1)
    .map(([node]) => node)
  const temporaries = new Map(
    [...new Set([...kept, ...outputs.filter((node) => !isNumber(node))])].map((node, index) => [node, index]),
  )

  const kernel = elementWise({
    name: 'rule',
    precision,
    arrays: 2 + vectors.length,
    scalars: scalars.length,
    temporaries: temporaries.size,
    body: (lanes, at, scalarValues, places) => {
      const done = new Set<Node>()
      const arrayOf = (node: Node): Emit => {
        if (node.kind === 'parameter') return at[0]
        if (node.kind === 'gradient') return at[1]
        if (node.kind === 'state') return at[2 + vectors.indexOf(node.name)]
        throw new Error(`unreachable: ${node.kind} is no array`)
      }
      /** The value of a node: from its place if it has one, which is filled when it is first met. */
      const value = (node: Node): Emit => {
        if (isNumber(node))
          return node.kind === 'constant' ? lanes.constant(node.value) : scalarValues[scalars.indexOf(node)]
        const place = temporaries.get(node)
        if (place === undefined) return compute(node)
        return () => {
          if (!done.has(node)) {
            set(places[place], compute(node))
            done.add(node)
          }
          get(places[place])()
        }
      }
      const compute = (node: Node): Emit =>
        node.kind === 'operation' ? operate(lanes, node, value) : lanes.load(arrayOf(node))

      for (const output of outputs) {
        const place = temporaries.get(output)
        if (place === undefined || done.has(output)) continue
        set(places[place], compute(output))
        done.add(output)
      }
      lanes.store(at[0], value(program.parameter))
      vectorStates.forEach((state, index) => {
        lanes.store(at[2 + index], value(state.next))
      })
    },
  })
  return { kernel, vectors, scalars }
}

/** Every node that the outputs need, and how many times its value is emitted; numbers are not entered. */
function countUses(outputs: readonly Node[]): Map<Node, number> {
  const uses = new Map<Node, number>()
  const visit = (node: Node): void => {
    const count = uses.get(node) ?? 0
    uses.set(node, count + 1)
    if (isNumber(node) || node.kind !== 'operation') return
    // A mask has no place of its own: what it compares is emitted again wherever it is used.
    if (count > 0 && node.shape !== 'mask') return
    for (const input of node.inputs) {
      visit(input)
      // sign() emits its argument more than once.
      if (node.operation === 'sign') visit(input)
    }
  }
  outputs.forEach(visit)
  return uses
}

/** A value that no vector feeds. */
function isNumber(node: Node): boolean {
  return (
    node.shape === 'scalar' ||
    (node.shape === 'mask' && node.kind === 'operation' && node.inputs.every(isNumber))
  )
}

const comparisons: ReadonlySet<Operation> = new Set(['<', '<=', '>', '>=', '==', '!='])

function isComparison(operation: Operation): operation is Comparison {
  return comparisons.has(operation)
}

function operate(lanes: Lanes, node: OperationNode, value: (node: Node) => Emit): Emit {
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
    default:
      throw new Error(`unreachable: ${node.operation} of a vector is refused when the rule is read`)
  }
}

/** 1 above 0, -1 below, x itself (a zero of its sign, or NaN) otherwise. */
function sign(lanes: Lanes, x: Emit): Emit {
  const below = lanes.choose('<', x, lanes.constant(0), lanes.constant(-1), x)
  return lanes.choose('>', x, lanes.constant(0), lanes.constant(1), below)
}

function where(lanes: Lanes, node: OperationNode, value: (node: Node) => Emit): Emit {
  const [condition, yes, no] = node.inputs
  // A condition over numbers arrives as a number that is 0 or 1.
  if (isNumber(condition))
    return lanes.choose('!=', value(condition), lanes.constant(0), value(yes), value(no))
  if (condition.kind !== 'operation' || !isComparison(condition.operation))
    throw new Error('unreachable: no condition')
  const [left, right] = condition.inputs
  return lanes.choose(condition.operation, value(left), value(right), value(yes), value(no))
}
