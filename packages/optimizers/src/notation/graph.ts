import type { Node, Operation, Shape } from './program.ts'

/** Builds a rule's values, giving back the same node for the same expression. */
export interface Graph {
  leaf(node: Exclude<Node, { kind: 'operation' }>): Node
  operation(operation: Operation, shape: Shape, inputs: readonly Node[]): Node
}

/** An empty graph. */
export function createGraph(): Graph {
  const nodes = new Map<string, Node>()
  const ids = new Map<Node, number>()
  const intern = (key: string, create: () => Node): Node => {
    const known = nodes.get(key)
    if (known !== undefined) return known
    const node = create()
    nodes.set(key, node)
    ids.set(node, ids.size)
    return node
  }
  return {
    leaf: (node) => intern(JSON.stringify(node), () => node),
    operation: (operation, shape, inputs) =>
      intern([operation, ...inputs.map((input) => ids.get(input))].join(' '), () => ({
        kind: 'operation',
        shape,
        operation,
        inputs,
      })),
  }
}

/** What an operation on these is over: a vector if any of them is, or compares one. */
export function shapeOf(inputs: readonly Node[]): 'scalar' | 'vector' {
  // The condition of a `where` is over whatever it compares.
  const vector = inputs.some(({ shape, ...node }) =>
    shape === 'mask' ? node.kind === 'operation' && shapeOf(node.inputs) === 'vector' : shape === 'vector',
  )
  return vector ? 'vector' : 'scalar'
}
