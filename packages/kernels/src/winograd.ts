import { func, i32, type Local } from './assembler/index.ts'
import { advance, type Emit, get, plus, set, whileBelow, whole } from './emit.ts'
import { type Kernel, once } from './kernel.ts'
import { type Lanes, lanesOf, type Precision } from './lanes.ts'
import { alongRow } from './rows.ts'

type Matrix = readonly (readonly number[])[]

const fromImage: Matrix = [
  [1, 0, -1, 0],
  [0, 1, 1, 0],
  [0, -1, 1, 0],
  [0, 1, 0, -1],
]
const fromKernel: Matrix = [
  [1, 0, 0],
  [1 / 2, 1 / 2, 1 / 2],
  [1 / 2, -1 / 2, 1 / 2],
  [0, 0, 1],
]
const toOutput: Matrix = [
  [1, 1, 1, 0],
  [0, 1, -1, -1],
]

/**
 * The linear maps of Winograd's convolution of 4 x 4 places with a kernel of 3 x 3, which gives 2 x 2 outputs by 16
 * products instead of 36: F(2 x 2, 3 x 3).
 *
 *   y = A^T ( sum over channels of (G g G^T) * (B^T d B) ) A,  * place by place
 *
 * Each map takes a square of places X to L X L^T; the gradients of one are those of its transpose. Source: Lavin & Gray
 * 2016, arXiv:1509.09308, section 4.1.
 */
const winogradMaps = {
  /** L = B^T: 4 x 4 places of the image to 4 x 4. */
  image: fromImage,
  imageGradient: transposed(fromImage),
  /** L = G: 3 x 3 places of the kernel to 4 x 4. */
  kernel: fromKernel,
  kernelGradient: transposed(fromKernel),
  /** L = A^T: 4 x 4 to 2 x 2 outputs. */
  output: toOutput,
  outputGradient: transposed(toOutput),
} as const

export type WinogradMap = keyof typeof winogradMaps

/**
 * `(squares, bytes, from, fromSquare, to, toSquare)`: applies a map to `squares` squares whose places are runs of `bytes`,
 * the channels of one place.
 *
 * Squares lie `fromSquare` and `toSquare` bytes apart; their places, row by row, `fromPlace` and `toPlace`.
 */
export const winogradTransform = once(
  (precision: Precision, map: WinogradMap, fromPlace: number, toPlace: number): Kernel => {
    const { vector, single } = lanesOf[precision]
    const matrix: Matrix = winogradMaps[map]
    const [outs, ins] = [matrix.length, matrix[0].length]
    const count = ins + outs * ins
    const kernel = func(
      {
        in: Array.from({ length: 6 }, () => i32),
        locals: [
          i32,
          i32,
          i32,
          i32,
          ...Array.from({ length: count }, () => vector.type),
          ...Array.from({ length: count }, () => single.type),
        ],
        out: [],
      },
      ([squares, bytes, from, fromSquare, to, toSquare], [square, column, source, target, ...places]) => {
        function transform(lanes: Lanes): void {
          const own = lanes.width === 1 ? places.slice(count) : places.slice(0, count)
          const [inputs, half] = [own.slice(0, ins), own.slice(ins)]
          set(source, plus(get(from), get(column)))
          set(target, plus(get(to), get(column)))
          // L X, column by column of X, and that times L^T, row by row.
          for (let j = 0; j < ins; j++) {
            for (const [row, input] of inputs.entries())
              set(input, lanes.load(get(source), (row * ins + j) * fromPlace))
            for (const [i, factors] of matrix.entries())
              set(half[i * ins + j], weightedSum(lanes, factors, inputs))
          }
          for (let i = 0; i < outs; i++) {
            const row = half.slice(i * ins, (i + 1) * ins)
            for (const [j, factors] of matrix.entries())
              lanes.store(get(target), weightedSum(lanes, factors, row), (i * outs + j) * toPlace)
          }
        }

        set(square, whole(0))
        whileBelow(square, get(squares), () => {
          set(column, whole(0))
          alongRow(precision, column, get(bytes), transform)
          advance(from, get(fromSquare))
          advance(to, get(toSquare))
          advance(square, whole(1))
        })
      },
    )
    return { name: `winograd(${map})`, func: kernel }
  },
)

/** The sum of values times factors, of which one at least is not 0. */
function weightedSum(lanes: Lanes, factors: readonly number[], values: readonly Local[]): Emit {
  const terms = factors
    .map((factor, index) => ({ factor, value: get(values[index]) }))
    .filter(({ factor }) => factor !== 0)
    .sort((a, b) => b.factor - a.factor)
  const scaled = (factor: number, value: Emit): Emit => {
    if (factor === 1) return value
    return factor === -1 ? lanes.neg(value) : lanes.mul(value, lanes.constant(factor))
  }
  return terms
    .slice(1)
    .reduce(
      (sum, { factor, value }) =>
        factor > 0 ? lanes.add(sum, scaled(factor, value)) : lanes.sub(sum, scaled(-factor, value)),
      scaled(terms[0].factor, terms[0].value),
    )
}

function transposed(matrix: Matrix): Matrix {
  return matrix[0].map((_, column) => matrix.map((row) => row[column]))
}
