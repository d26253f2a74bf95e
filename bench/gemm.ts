import {
  createPlan,
  createWorkspace,
  type Gemm,
  gemmCall,
  gemmScratchLength,
  type Precision,
  type Transposition,
} from '../packages/kernels/src/index.ts'
import { type BlasLibrary, type FoundBlas, loadBlas } from '../packages/kernels/src/node/index.ts'
import { type Contender, compareCalmly, type Figure, inProcess, rounded, type Skipped } from './measure.ts'

/** Squares; the products of a training step of 3072-100-…-10, of 784-512-512-10, and of 2-32-32-2. */
const shapes: readonly (readonly [Transposition, rows: number, inner: number, columns: number])[] = [
  ...[64, 128, 256, 512, 1024, 2048].map((size) => ['NN', size, size, size] as const),
  ['NN', 100, 3072, 100],
  ['TN', 3072, 100, 100],
  ['NT', 100, 100, 3072],
  ['NN', 100, 100, 100],
  ['TN', 100, 100, 100],
  ['NT', 100, 100, 100],
  ['NN', 128, 784, 512],
  ['TN', 784, 128, 512],
  ['NT', 128, 512, 784],
  ['NN', 128, 512, 512],
  ['TN', 512, 128, 512],
  ['NT', 128, 512, 512],
  ['NN', 256, 512, 512],
  ['TN', 512, 256, 512],
  ['NT', 256, 512, 512],
  ['NN', 32, 2, 32],
  ['NN', 32, 32, 32],
  ['NN', 32, 32, 2],
  ['TN', 2, 32, 32],
  ['TN', 32, 32, 32],
  ['TN', 32, 32, 2],
  ['NT', 32, 2, 32],
  ['NT', 32, 32, 32],
]

const modes = [
  ['f32', false],
  ['f32', true],
  ['f64', false],
  ['f64', true],
] as const

/** A figure, and what it is in GFLOP/s. */
interface GemmFigure extends Figure {
  readonly thalwegGflops: number
  readonly peerGflops: number
}

let blas: FoundBlas | undefined

/** The system's OpenBLAS, on one thread. */
export function versions(): Readonly<Record<string, string>> {
  blas ??= loadBlas()
  return blas.found ? { [blas.library.name]: blas.library.version } : {}
}

/** Matrix products, rows x inner x columns, with plain and with relaxed SIMD, beside OpenBLAS. */
export async function* figures(): AsyncGenerator<GemmFigure | Skipped> {
  blas ??= loadBlas()
  if (!blas.found) {
    yield { skipped: 'OpenBLAS', reason: blas.reason }
    return
  }
  for (const shape of shapes) {
    const [transposition, rows, inner, columns] = shape
    for (const [precision, relaxed] of modes) {
      const [ours, theirs] = contenders(blas.library, precision, relaxed, shape)
      const name = `${precision}${relaxed ? ' relaxed' : ''} ${transposition} ${rows}x${inner}x${columns}`
      const figure = await compareCalmly(name, ours, theirs)
      yield 'ratio' in figure ? inGflops(figure, 2 * rows * inner * columns) : figure
    }
  }
}

/** One product by either, over the same arrays. */
function contenders(
  { name, gemm, addressOf }: BlasLibrary,
  precision: Precision,
  relaxed: boolean,
  [transposition, m, k, n]: (typeof shapes)[number],
): readonly [ours: Contender, theirs: Contender] {
  const lengths = [m * k, k * n, m * n, gemmScratchLength(precision, { n, k })]
  const bytes = lengths.reduce((sum, length) => sum + length * 8 + 4096, 0)
  const workspace = createWorkspace({ bytes })
  const arrays = lengths.map((length) => workspace[precision](length))
  for (const array of arrays) for (const index of array.keys()) array[index] = Math.sin(index)
  const [a, b, c, scratch] = arrays.map((array) => array.byteOffset)
  const product: Gemm = { transposition, m, n, k, a, b, c, beta: 0, scratch }
  const { kernel, values } = gemmCall(precision, product, { relaxed })
  const plan = createPlan(workspace)
  plan.call(kernel, ...values)

  const start = addressOf(workspace.memory.buffer)
  const [transposeA, transposeB] = [...transposition].map((letter) => (letter === 'T' ? 112 : 111))
  const [leadingA, leadingB] = [transposition === 'TN' ? m : k, transposition === 'NT' ? k : n]
  const theirs = (): void =>
    gemm[precision](
      ...[101, transposeA, transposeB, m, n, k, 1],
      ...[start + a, leadingA, start + b, leadingB, 0, start + c, n],
    )
  return [inProcess('Thalweg', plan.compile()), inProcess(name, theirs)]
}

function inGflops(figure: Figure, operations: number): GemmFigure {
  const [thalwegGflops, peerGflops] = [figure.thalweg, figure.peer].map((microseconds) =>
    rounded(operations / (microseconds * 1000)),
  )
  return { ...figure, thalwegGflops, peerGflops }
}
