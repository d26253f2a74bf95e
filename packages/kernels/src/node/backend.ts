import { type MatrixProducts, relaxedWasmProducts, wasmProducts } from '../products.ts'
import type { BackendChoice } from './backend-choice.ts'
import { loadBlas } from './blas-library.ts'
import { blasProducts } from './blas-products.ts'

/** What computes matrix products in this process. */
export interface Backend {
  readonly products: MatrixProducts
  /** The library's file, for the threads of a team. */
  readonly blasPath: string | undefined
  /** One sentence on why there is no BLAS, where one was looked for in vain. */
  readonly missing: string | undefined
}

/** The back end for a choice: a BLAS that cannot be loaded is answered with our own kernels, and the reason. */
export function findBackend(choice: BackendChoice): Backend {
  if (choice === 'wasm') return { products: wasmProducts, blasPath: undefined, missing: undefined }
  if (choice === 'wasm-relaxed')
    return { products: relaxedWasmProducts, blasPath: undefined, missing: undefined }
  const found = loadBlas()
  if (!found.found) return { products: wasmProducts, blasPath: undefined, missing: found.reason }
  return { products: blasProducts(found.library), blasPath: found.library.path, missing: undefined }
}
