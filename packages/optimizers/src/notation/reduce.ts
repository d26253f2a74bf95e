import type { Graph } from './graph.ts'
import type { Node, Scope } from './program.ts'
import type { ReductionName } from './syntax.ts'

/** A reduction over a tensor, or over the rows of one. A number counts as a vector that is the same everywhere. */
export function reduce(graph: Graph, own: Scope, name: ReductionName, inputs: readonly Node[]): Node {
  const [first] = inputs
  switch (name) {
    case 'mean':
      return graph.operation('/', [total(graph, own, inputs), count(graph, own)])
    case 'norm':
      return graph.operation('sqrt', [total(graph, own, [first, first])])
    case 'globalNorm':
      return graph.operation('sqrt', [total(graph, 'all', [first, first])])
    default:
      return total(graph, own, inputs)
  }
}

/** The sum of a vector, or of its products with another. */
function total(graph: Graph, scope: Scope, factors: readonly Node[]): Node {
  const vectors = factors.filter((factor) => factor.shape === 'vector')
  const numbers = factors.filter((factor) => factor.shape !== 'vector')
  const sum = vectors.length === 0 ? count(graph, scope) : graph.sum(scope, vectors)
  return numbers.reduce((product, number) => graph.operation('*', [number, product]), sum)
}

function count(graph: Graph, scope: Scope): Node {
  return graph.leaf({ kind: 'count', shape: 'scalar', scope })
}
