import { i32, importFunc } from '../assembler/index.ts'
import type { HostKernel } from '../kernel.ts'
import type { Precision } from '../lanes.ts'
import { type MatrixProducts, wasmProducts } from '../products.ts'
import { blasGemm } from './blas-gemm.ts'
import type { BlasLibrary } from './blas-library.ts'

/**
 * Multiplications below which our own kernels are faster: a call into the library costs about 0.2 us, and it packs even
 * the smallest operands.
 */
const leastMultiplications = 8192

/** Products by a library of the system's; small ones by our own kernels. The bits depend on the library and processor. */
export function blasProducts(library: BlasLibrary): MatrixProducts {
  const kernels = new WeakMap<WebAssembly.Memory, Readonly<Record<Precision, HostKernel>>>()

  function kernelsOver(memory: WebAssembly.Memory): Readonly<Record<Precision, HostKernel>> {
    const known = kernels.get(memory)
    if (known !== undefined) return known
    const { f32, f64 } = blasGemm(library, memory)
    const made = { f32: hostKernel('blas.f32', f32), f64: hostKernel('blas.f64', f64) }
    kernels.set(memory, made)
    return made
  }

  return {
    description: `${library.name} ${library.version}`,
    // Products of fewer rows than were announced may be small.
    scratchLength: wasmProducts.scratchLength,
    append(plan, precision, product) {
      const { m, n, k } = product
      if (m * n * k < leastMultiplications) {
        wasmProducts.append(plan, precision, product)
        return
      }
      const { transposition, a, b, beta, c } = product
      const [transposeA, transposeB] = [Number(transposition === 'TN'), Number(transposition === 'NT')]
      const [aStride, bStride] = [transposeA === 1 ? m : k, transposeB === 1 ? k : n]
      const kernel = kernelsOver(plan.workspace.memory)[precision]
      plan.call(kernel, transposeA, transposeB, m, n, k, a, aStride, b, bStride, beta, c)
    },
  }
}

function hostKernel(name: string, run: (...values: never[]) => void): HostKernel {
  const parameters = Array.from({ length: run.length }, () => i32)
  return { name, func: importFunc(name, { in: parameters, out: [] }, run as (...values: number[]) => number) }
}
