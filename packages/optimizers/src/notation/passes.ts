import { isNumber, type Node, type Program, type StateVariable, type SumNode } from './program.ts'

/** An array that a rule works on: w, the gradient, or a vector state. */
export interface Operand {
  readonly name: string
  /** Its value before the step. */
  readonly leaf: Node
  /** Its value after the step; undefined for what is only read. */
  readonly next: Node | undefined
}

/** One pass over memory: what is read, what is written, and what is added up on the way. */
export interface Pass {
  readonly reads: readonly Operand[]
  readonly writes: readonly Operand[]
  readonly sums: readonly SumNode[]
  /** Values that stand in memory because an earlier pass wrote them, by their array. */
  readonly stored: ReadonlyMap<Node, Operand>
}

/** The arrays of a program: w, the gradient, then the vector states in their order. */
export function operandsOf(program: Program): Operand[] {
  const { parameter } = program
  const gradient: Operand = { name: 'gradient', leaf: gradientLeaf, next: undefined }
  const states = vectorStates(program).map(({ name, leaf, next }): Operand => {
    return { name, leaf, next: next === leaf ? undefined : next }
  })
  const next = parameter.next === parameter.leaf ? undefined : parameter.next
  return [{ name: 'w', leaf: parameter.leaf, next }, gradient, ...states]
}

/** The gradient is told by its kind: rules that never read it have no node for it. */
const gradientLeaf: Node = { kind: 'gradient', shape: 'vector', level: 0 }

export function vectorStates(program: Program): readonly StateVariable[] {
  return program.states.filter((state) => state.shape === 'vector')
}

/**
 * Splits a program where a sum must be complete before its value can be used: as few passes as that allows. Within one,
 * every array is read once and written once.
 *
 * A value is computed again in a later pass rather than kept, unless it is what an array becomes: then it is written as
 * soon as it is known, and later passes read it from there - if none of them needs what stood there before.
 */
export function passesOf(program: Program, operands: readonly Operand[]): readonly Pass[] {
  const written = operands.filter((operand) => operand.next !== undefined)
  const outputs = [...written.map(nextOf), ...program.states.map((state) => state.next)]
  const sums = sumsOf(outputs)
  const last = Math.max(...outputs.map((node) => node.level), 0)

  const early = new Set(written.filter((operand) => nextOf(operand).level < last))
  for (;;) {
    const passes = Array.from({ length: last + 1 }, (_, index) => passAt(index))
    const needed = [...early].filter((operand) =>
      passes.slice(nextOf(operand).level + 1).some((pass) => readsOld(pass, operand)),
    )
    if (needed.length === 0) return passes
    for (const operand of needed) early.delete(operand)
  }

  function passAt(index: number): Pass {
    const writes = written.filter((operand) =>
      early.has(operand) ? nextOf(operand).level === index : index === last,
    )
    const own = sums.filter((sum) => sum.level === index + 1)
    const stored = new Map(
      [...early].filter((operand) => nextOf(operand).level < index).map((each) => [nextOf(each), each]),
    )
    const owners = new Set([...needs(writes, own, stored)].map((node) => stored.get(node) ?? ownerOf(node)))
    return { reads: operands.filter((operand) => owners.has(operand)), writes, sums: own, stored }
  }

  function ownerOf(node: Node): Operand | undefined {
    return operands.find(({ leaf }) => leaf === node || (leaf === gradientLeaf && node.kind === 'gradient'))
  }

  function readsOld({ writes, sums: own, stored }: Pass, { leaf }: Operand): boolean {
    return !stored.has(leaf) && needs(writes, own, stored).has(leaf)
  }
}

function needs(
  writes: readonly Operand[],
  sums: readonly SumNode[],
  stored: ReadonlyMap<Node, Operand>,
): Set<Node> {
  return vectorsIn([...writes.map(nextOf), ...sums.flatMap((sum) => sum.inputs)], stored)
}

/** What a written operand becomes. */
export function nextOf({ name, next }: Operand): Node {
  if (next === undefined) throw new Error(`unreachable: ${name} is only read`)
  return next
}

/** The sums that values need, in the order in which they are first met. */
function sumsOf(roots: readonly Node[]): SumNode[] {
  const found: SumNode[] = []
  const seen = new Set<Node>()
  const visit = (node: Node): void => {
    if (seen.has(node)) return
    seen.add(node)
    if (node.kind !== 'operation' && node.kind !== 'sum') return
    node.inputs.forEach(visit)
    if (node.kind === 'sum') found.push(node)
  }
  roots.forEach(visit)
  return found
}

/** The vectors that a pass meets on the way to its results; numbers and what is stored are not looked into. */
function vectorsIn(roots: readonly Node[], stored: ReadonlyMap<Node, Operand>): Set<Node> {
  const found = new Set<Node>()
  const visit = (node: Node): void => {
    if (isNumber(node) || found.has(node)) return
    found.add(node)
    if (node.kind === 'operation' && !stored.has(node)) node.inputs.forEach(visit)
  }
  roots.forEach(visit)
  return found
}
