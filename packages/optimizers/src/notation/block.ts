import { sumLength } from '@thalweg/kernels'
import { isNumber, type Node, type Program, type SumNode } from './program.ts'

/**
 * Where a step's numbers stand in memory: one block of f64 a unit, which is a row if anything is summed by rows, else
 * the whole tensor.
 */
export interface Block {
  /** Numbers that no vector feeds: computed before the passes, at the start of the block. */
  readonly hoisted: readonly Node[]
  /** Numbers that sums feed, in the order in which they can be computed. */
  readonly derived: readonly Node[]
  readonly sums: readonly SumNode[]
  /** How many f64 a block takes. */
  readonly length: number
  /** The place of a number. */
  slotOf(node: Node): number
  /** The place of a running sum, `sumLength` f64 long. */
  sumAt(sum: SumNode): number
  /** The place of a tensor's part of a sum over all tensors. */
  partAt(sum: SumNode): number
}

/** Lays out the numbers that a program's passes, and what stands between them, read. */
export function layOut(program: Program): Block {
  const hoisted = new Set<Node>()
  const derived = new Set<Node>()
  const sums = new Set<SumNode>()
  const seen = new Set<Node>()
  const visit = (node: Node): void => {
    if (node.kind === 'constant' || seen.has(node)) return
    seen.add(node)
    if (isNumber(node) && node.level === 0) {
      hoisted.add(node)
      return
    }
    if (node.kind === 'operation' || node.kind === 'sum') node.inputs.forEach(visit)
    if (node.kind === 'sum') sums.add(node)
    if (isNumber(node)) derived.add(node)
  }
  visit(program.parameter.next)
  for (const { next, shape } of program.states) {
    // A number that no sum feeds moves on outside of the passes.
    if (shape === 'vector' || next.level > 0) visit(next)
  }
  const numbers = [...hoisted, ...derived]
  const slots = new Map(numbers.map((node, index) => [node, index]))
  const sumOrder = [...sums]
  const sumsAt = numbers.length
  const partsAt = sumsAt + sumLength * sumOrder.length
  return {
    hoisted: [...hoisted],
    derived: [...derived],
    sums: sumOrder,
    length: partsAt + sumOrder.length,
    slotOf(node) {
      const slot = slots.get(node)
      if (slot === undefined) throw new Error(`unreachable: no place for ${node.kind}`)
      return slot
    },
    sumAt: (sum) => sumsAt + sumLength * sumOrder.indexOf(sum),
    partAt: (sum) => partsAt + sumOrder.indexOf(sum),
  }
}
