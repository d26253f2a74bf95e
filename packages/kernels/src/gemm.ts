import { directGemm, directScratchLength } from './gemm-direct.ts'
import { dotGemm } from './gemm-dot.ts'
import { checkGemmSizes, type Gemm } from './gemm-operands.ts'
import { packedGemm, packedScratchLength } from './gemm-packed.ts'
import type { GemmShape } from './gemm-shape.ts'
import type { Kernel } from './kernel.ts'
import { lanesOf, type Precision } from './lanes.ts'

export type { Gemm } from './gemm-operands.ts'
export type { Transposition } from './gemm-shape.ts'

/** A kernel, and the values with which a plan calls it: `plan.call(kernel, ...values)`. */
export interface GemmCall {
  readonly kernel: Kernel
  readonly values: number[]
}

export interface GemmOptions {
  /**
   * Uses the multiply-add of relaxed SIMD, which rounds once or twice as the machine likes, and which not every engine
   * has; default false: the same bits on every machine.
   */
  readonly relaxed?: boolean
}

/** The sizes of a product, or limits to them; what is left out has none. */
export interface GemmSizes {
  readonly m?: number
  readonly n: number
  readonly k?: number
}

/** Both operands stay in the L1 and L2 caches while they are read where they lie. */
const smallBytes = 100_000
/** A stays in the L2 cache while it is read where it lies, beside a packed panel of B. */
const residentBytes = 262_144
/** The longest panel of B that is packed at once. */
const directSteps = 1024

/** Kernels kept, for products of the same shape in a plan and in later ones; they take some 30 KiB each. */
const kernelsKept = 128
const kernels = new Map<string, Kernel>()

/**
 * A kernel for one product, made for its shape. The order in which an element is summed depends on the shape alone.
 * Throws RangeError for a size below 1.
 *
 * @example
 * const { kernel, values } = gemmCall('f32', { transposition: 'NN', m, n, k, a, b, c, beta: 0, scratch })
 * plan.call(kernel, ...values)
 */
export function gemmCall(precision: Precision, product: Gemm, options: GemmOptions = {}): GemmCall {
  checkGemmSizes(product)
  const { transposition, m, n, k, a, b, c, beta, scratch } = product
  const { relaxed = false } = options
  if (n > 1) {
    const shape: GemmShape = { precision, transposition, m, n, k, beta, relaxed }
    return { kernel: keptKernel(shape), values: [a, b, c, scratch] }
  }
  // One column: the row C^T = B^T A^T has the same elements in the same places.
  const turned = transposition === 'TN' ? 'NN' : 'NT'
  const shape: GemmShape = { precision, transposition: turned, m: 1, n: m, k, beta, relaxed }
  return { kernel: keptKernel(shape), values: [b, a, c, scratch] }
}

/** Elements of scratch for each of the products given, and for all that are no larger. */
export function gemmScratchLength(precision: Precision, ...products: readonly GemmSizes[]): number {
  const lengths = products.map((sizes) => {
    checkGemmSizes(sizes)
    const { n, k = Infinity } = sizes
    return Math.max(
      directScratchLength(precision, Math.min(k, directSteps)),
      packedScratchLength(precision, n, k),
    )
  })
  return Math.max(0, ...lengths)
}

function keptKernel(shape: GemmShape): Kernel {
  const key = Object.values(shape).join(' ')
  const kernel = kernels.get(key) ?? kernelFor(shape)
  // The one used longest ago goes first.
  kernels.delete(key)
  kernels.set(key, kernel)
  for (const [oldest] of kernels) {
    if (kernels.size <= kernelsKept) break
    kernels.delete(oldest)
  }
  return kernel
}

/** What is fastest for a shape, by measurement. */
function kernelFor(shape: GemmShape): Kernel {
  const { precision, transposition, m, n, k } = shape
  const { elementBytes, width } = lanesOf[precision].vector
  const [bytesOfA, bytesOfB] = [m * k * elementBytes, n * k * elementBytes]
  if (transposition === 'NT') {
    if (m <= 3 || n < width) return dotGemm(shape)
    return bytesOfA <= residentBytes && k <= directSteps ? directGemm(shape) : packedGemm(shape)
  }
  const isThin = m <= 12 || n <= 4 * width
  return isThin || bytesOfA + bytesOfB <= smallBytes ? directGemm(shape) : packedGemm(shape)
}
