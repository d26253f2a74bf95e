import type { Node, Operation, Scope, Shape } from './program.ts'
import { operate } from './scalars.ts'

type Leaf = Exclude<Node, { kind: 'operation' | 'sum' }>
type LeafValue = Leaf extends infer L ? (L extends Leaf ? Omit<L, 'level'> : never) : never

/** Builds a rule's values, giving back the same node for the same expression. */
export interface Graph {
  leaf(value: LeafValue): Node
  operation(operation: Operation, inputs: readonly Node[]): Node
  /** The comparison of two values, as a condition. */
  comparison(operation: Operation, inputs: readonly Node[]): Node
  sum(scope: Scope, inputs: readonly Node[]): Node
  constant(value: number): Node
  /** How many operations must come one after the other for a value. */
  depthOf(node: Node): number
}

/** An empty graph. */
export function createGraph(): Graph {
  const nodes = new Map<string, Node>()
  const ids = new Map<Node, number>()
  const depths = new Map<Node, number>()
  const intern = (key: string, create: () => Node): Node => {
    const known = nodes.get(key)
    if (known !== undefined) return known
    const node = create()
    nodes.set(key, node)
    ids.set(node, ids.size)
    const inputs = node.kind === 'operation' || node.kind === 'sum' ? node.inputs : []
    depths.set(node, Math.max(0, ...inputs.map((input) => 1 + graph.depthOf(input))))
    return node
  }
  const idsOf = (inputs: readonly Node[]): string => inputs.map((input) => ids.get(input)).join(' ')
  const levelOf = (inputs: readonly Node[]): number => Math.max(...inputs.map((input) => input.level))
  const make = (operation: Operation, shape: Shape, inputs: readonly Node[]): Node =>
    intern(`${operation} ${idsOf(inputs)}`, () => {
      return { kind: 'operation', shape, operation, inputs, level: levelOf(inputs) }
    })

  const graph: Graph = {
    depthOf: (node) => depths.get(node) ?? 0,
    leaf: (value) => intern(leafKey(value), () => ({ ...value, level: 0 })),
    constant: (value) => graph.leaf({ kind: 'constant', shape: 'scalar', value }),
    sum: (scope, inputs) =>
      intern(`sum ${scope} ${idsOf(inputs)}`, () => {
        return { kind: 'sum', shape: 'scalar', scope, inputs, level: levelOf(inputs) + 1 }
      }),
    comparison: (operation, inputs) =>
      simplified(graph, operation, inputs) ?? make(operation, 'mask', inputs),
    operation(operation, inputs) {
      const simpler = simplified(graph, operation, inputs)
      if (simpler !== undefined) return simpler
      const [left, right] = inputs
      // One division a step instead of one an element, within an ulp of the quotient. Not by what the data feeds, such as
      // a norm: it may be so small that its reciprocal is no f32.
      if (operation === '/' && left.shape === 'vector' && right.shape === 'scalar' && right.level === 0) {
        return graph.operation('*', [left, graph.operation('/', [graph.constant(1), right])])
      }
      return make(operation, shapeOf(inputs), inputs)
    },
  }
  return graph
}

function leafKey(value: LeafValue): string {
  // JSON has no -0, NaN or infinities.
  return value.kind === 'constant'
    ? `constant ${Object.is(value.value, -0) ? '-0' : value.value} ${value.absent ?? false}`
    : JSON.stringify(value)
}

/**
 * The value of an operation that need not be computed at every step: one of constants, a product with 1, a choice whose
 * condition is known, and whatever an absent hyper-parameter leaves out. Undefined for all others.
 */
function simplified(graph: Graph, operation: Operation, inputs: readonly Node[]): Node | undefined {
  const [left, right, other] = inputs
  const is = (node: Node, value: number): boolean => node.kind === 'constant' && node.value === value
  if (operation === 'where') return left.kind === 'constant' ? (left.value !== 0 ? right : other) : undefined
  if (isAbsent(left)) {
    if (operation === '+') return right
    if (operation === '-') return graph.operation('negate', [right])
    if (operation === '*' || operation === '/') return left
  }
  if (right !== undefined && isAbsent(right)) {
    if (operation === '+' || operation === '-') return left
    if (operation === '*') return right
  }
  if (operation === '*' && is(left, 1)) return right
  if ((operation === '*' || operation === '/') && is(right, 1)) return left
  const values = inputs.map((input) => (input.kind === 'constant' ? input.value : undefined))
  if (values.every((value) => value !== undefined)) return graph.constant(operate(operation, values))
  return undefined
}

function isAbsent(node: Node): boolean {
  return node.kind === 'constant' && node.absent === true
}

/** What an operation on these is over: a vector if any of them is, or compares one. */
function shapeOf(inputs: readonly Node[]): 'scalar' | 'vector' {
  // The condition of a `where` is over whatever it compares.
  const vector = inputs.some((node) =>
    node.shape === 'mask'
      ? node.kind === 'operation' && shapeOf(node.inputs) === 'vector'
      : node.shape === 'vector',
  )
  return vector ? 'vector' : 'scalar'
}
