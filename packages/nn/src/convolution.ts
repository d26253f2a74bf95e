import type { Arena } from './arena.ts'
import type { PlanContext } from './layer.ts'

/** Lines of windows that are multiplied together, counted through all images, and the places of the output they make. */
export interface Block {
  readonly line: number
  readonly lines: number
  readonly firstPlace: number
  readonly places: number
}

/** Addresses of the first image, and of its first output. */
interface BlockArrays {
  readonly input: number
  readonly weight: number
  readonly output: number
}

interface BlockGradients {
  readonly input: number
  readonly weight: number
  readonly outputGradient: number
  readonly weightGradient: number
  /** Absent where nobody needs it. */
  readonly inputGradient: number | undefined
}

/** How the products of a convolution are computed: block by block, so that what a block needs stays in the cache. */
export interface Convolution {
  blocks(rows: number): readonly Block[]
  /** Asks the arena for what blocks of up to `rows` images need; for backward passes only where `gradients`. */
  place(arena: Arena, rows: number, gradients: boolean): PlacedConvolution
}

interface PlacedConvolution {
  /** Appends what the blocks of a pass, either one, have in common. */
  start?(context: PlanContext, weight: number): void
  /** Appends y of a block, without bias. The blocks of a pass come in order. */
  forward(context: PlanContext, block: Block, arrays: BlockArrays): void
  /** Appends dx, and dW, added up over the blocks. */
  backward(context: PlanContext, block: Block, arrays: BlockGradients): void
  /** Appends what the backward pass has to do after its blocks. */
  finish?(context: PlanContext, weightGradient: number): void
}

/** Splits lines into blocks of about the same size, of at most `linesAtOnce`. */
export function blocksOf(
  lines: number,
  linesAtOnce: number,
  placesBefore: (line: number) => number,
): readonly Block[] {
  const count = Math.ceil(lines / linesAtOnce)
  const startOf = (block: number): number => Math.floor((lines * block) / count)
  return Array.from({ length: count }, (_, block) => {
    const [line, end] = [startOf(block), startOf(block + 1)]
    const firstPlace = placesBefore(line)
    return { line, lines: end - line, firstPlace, places: placesBefore(end) - firstPlace }
  })
}
