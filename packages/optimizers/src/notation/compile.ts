import { type Emit, elementWise, get, type Kernel, type Lanes, type Precision, set } from '@thalweg/kernels'
import { beginKernel, collectKernel, deriveKernel } from './between.ts'
import { type Block, layOut } from './block.ts'
import { emissions, operationOn } from './operations.ts'
import { nextOf, type Operand, operandsOf, type Pass, passesOf } from './passes.ts'
import { isNumber, type Node, type OperationNode, type Program } from './program.ts'

/** A program as kernels over memory. */
export interface CompiledRule {
  readonly block: Block
  /** What happens in order; each pass is followed by what its sums feed. */
  readonly stages: readonly Stage[]
  /** `(units, block)`, before the first pass; undefined where nothing is summed. */
  readonly begin: Kernel | undefined
}

interface Stage {
  /** `(count, block, array…)` with all operands in their order; undefined for a pass that would do nothing. */
  readonly pass: Kernel | undefined
  /** Which operands the pass touches, by their places. */
  readonly reads: readonly number[]
  readonly writes: readonly number[]
  /** `(units, block)` and `(units, block, numbers)`, where the pass sums. */
  readonly between: { readonly collect: Kernel; readonly derive: Kernel } | undefined
  /** The places, in a block, of the parts and of the whole of sums over all tensors. */
  readonly exchanged: readonly { readonly part: number; readonly whole: number }[]
}

export interface CompileOptions {
  readonly precision: Precision
  /** Let `a * b + c` be one instruction, whose rounding differs between machines. */
  readonly relaxedMultiplyAdd: boolean
}

/**
 * Emits a program as fused element-wise kernels: in each pass every operand is read once and written once, equal
 * expressions are computed once, and what depends on no vector comes in as a number per step.
 */
export function compile(program: Program, options: CompileOptions): CompiledRule {
  const block = layOut(program)
  const operands = operandsOf(program)
  const passes = passesOf(program, operands)
  const stages = passes.map((pass, index): Stage => {
    const places = (some: readonly Operand[]): number[] => some.map((operand) => operands.indexOf(operand))
    const idle = pass.writes.length === 0 && pass.sums.length === 0
    return {
      pass: idle ? undefined : passKernel(pass, operands, block, options),
      reads: places(pass.reads),
      writes: places(pass.writes),
      between:
        index + 1 === passes.length
          ? undefined
          : {
              collect: collectKernel(block, pass.sums),
              derive: deriveKernel(program, block, index + 1),
            },
      exchanged: pass.sums
        .filter((sum) => sum.scope === 'all')
        .map((sum) => ({ part: block.partAt(sum), whole: block.slotOf(sum) })),
    }
  })
  return { block, stages, begin: block.sums.length === 0 ? undefined : beginKernel(block) }
}

function passKernel(
  pass: Pass,
  operands: readonly Operand[],
  block: Block,
  { precision, relaxedMultiplyAdd }: CompileOptions,
): Kernel {
  const results = pass.writes.map(nextOf)
  const summed = pass.sums.flatMap((sum) => sum.inputs)
  const width = precision === 'f32' ? 4 : 2
  const uses = countUses([...results, ...summed], pass, width)
  const numbers = [...uses.keys()].filter((node) => isNumber(node) && node.kind !== 'constant')
  const isVector = (node: Node): boolean => !isNumber(node) && node.shape === 'vector'
  // What is used twice is kept; so are the results, because all reading comes before all writing.
  const kept = [...uses].filter(([node, count]) => isVector(node) && count > 1).map(([node]) => node)
  const places = [...new Set([...kept, ...[...results, ...summed].filter(isVector)])]
  const temporaries = new Map(places.map((node, index) => [node, index]))

  return elementWise({
    name: 'rule',
    precision,
    arrays: operands.length,
    scalars: numbers.map((node) => block.slotOf(node)),
    temporaries: temporaries.size,
    sums: pass.sums.map((sum) => block.sumAt(sum)),
    body: (lanes, at, scalarValues, locals, addToSum) => {
      const done = new Set<Node>()
      /** The value of a node: from its place if it has one, which is filled when it is first met. */
      const value = (node: Node): Emit => {
        if (isNumber(node))
          return node.kind === 'constant' ? lanes.constant(node.value) : scalarValues[numbers.indexOf(node)]
        const place = temporaries.get(node)
        if (place === undefined) return compute(node)
        return () => {
          fill(node)
          get(locals[place])()
        }
      }
      const fill = (node: Node): void => {
        const place = temporaries.get(node)
        if (place === undefined || done.has(node)) return
        set(locals[place], compute(node))
        done.add(node)
      }
      const compute = (node: Node): Emit => {
        const array = pass.stored.get(node) ?? operands.find((operand) => holds(operand, node))
        if (array !== undefined) return lanes.load(at[operands.indexOf(array)])
        if (node.kind !== 'operation') throw new Error(`unreachable: ${node.kind} is in no array`)
        return multiplyAdd(lanes, node) ?? operationOn(lanes, node, value)
      }
      /** Its factors are at hand: it is neither kept nor read from an array, which may have taken their place. */
      const isComputedHere = (node: Node): boolean => !temporaries.has(node) && !pass.stored.has(node)
      /** `a * b + c` where the product is used nowhere else. */
      const multiplyAdd = (lanes: Lanes, { operation, inputs }: OperationNode): Emit | undefined => {
        if (!relaxedMultiplyAdd || operation !== '+') return undefined
        const product = inputs.find((node) => isProduct(node) && isComputedHere(node))
        if (product === undefined || !isProduct(product)) return undefined
        const [a, b] = product.inputs
        const other = inputs[0] === product ? inputs[1] : inputs[0]
        return lanes.relaxedMultiplyAdd(value(a), value(b), value(other))
      }

      for (const node of [...results, ...summed]) fill(node)
      for (const [index, { inputs }] of pass.sums.entries()) {
        const [first, second] = inputs.map(value)
        addToSum(index, first, second)
      }
      for (const [index, operand] of pass.writes.entries())
        lanes.store(at[operands.indexOf(operand)], value(results[index]))
    },
  })
}

function holds({ name, leaf }: Operand, node: Node): boolean {
  return node === leaf || (name === 'gradient' && node.kind === 'gradient')
}

function isProduct(node: Node): node is OperationNode {
  return node.kind === 'operation' && node.operation === '*' && !isNumber(node)
}

/** Every node that a pass needs, and how many times its value is emitted; numbers and arrays are not entered. */
function countUses(roots: readonly Node[], { stored }: Pass, width: number): Map<Node, number> {
  const uses = new Map<Node, number>()
  const visit = (node: Node): void => {
    const count = uses.get(node) ?? 0
    uses.set(node, count + 1)
    if (isNumber(node) || node.kind !== 'operation' || stored.has(node)) return
    // A mask has no place of its own: what it compares is emitted again wherever it is used.
    if (count > 0 && node.shape !== 'mask') return
    for (const input of node.inputs) {
      for (let emission = 0; emission < emissions(node, width); emission++) visit(input)
    }
  }
  roots.forEach(visit)
  return uses
}
