import { sequence } from '@thalweg/testing'
import { describe, expect, it } from 'vitest'
import { createPlan, createWorkspace, type Gemm, type Precision, wasmProducts } from '../index.ts'
import { findBackend } from './backend.ts'
import { loadBlas } from './blas-library.ts'
import { blasProducts } from './blas-products.ts'

const found = loadBlas()

describe.skipIf(!found.found).each<Precision>(['f32', 'f64'])(
  'products of the system’s BLAS, %s',
  (precision) => {
    it.each(['NN', 'TN', 'NT'] as const)('%s equal ours, large and small', (transposition) => {
      if (!found.found) return
      const products = blasProducts(found.library)
      const calls = new Set<string>()
      for (const [m, n, k] of [
        [1, 1, 1],
        [3, 5, 7],
        [16, 16, 16],
        [33, 20, 65],
        [100, 10, 100],
        [1, 300, 200],
      ]) {
        const workspace = createWorkspace({ bytes: 1 << 23 })
        const [a, b] = [m * k, k * n].map((length, seed) => {
          const array = workspace[precision](length)
          array.set(sequence(length, seed + 1))
          return array
        })
        const [ours, theirs] = [wasmProducts, products].map((each) => {
          const c = workspace[precision](m * n).fill(0.5)
          const scratch = workspace[precision](each.scratchLength(precision, { m, n, k })).byteOffset
          const addresses = { a: a.byteOffset, b: b.byteOffset, c: c.byteOffset, scratch }
          const product: Gemm = { transposition, m, n, k, ...addresses, beta: 1 }
          const plan = createPlan(workspace)
          each.append(plan, precision, product)
          if (each === products) for (const { kernel } of plan.calls) calls.add(kernel)
          plan.compile()()
          return c
        })
        const tolerance = (precision === 'f32' ? 2 ** -21 : 2 ** -50) * Math.sqrt(k)
        for (const [index, value] of theirs.entries()) {
          expect(Math.abs(value - ours[index])).toBeLessThanOrEqual(tolerance * Math.max(1, Math.abs(value)))
        }
      }
      // Both sides of the seam took part.
      expect(calls).toContain(`blas.${precision}`)
      expect(calls.size).toBeGreaterThan(1)
    })
  },
)

it('a back end that is not there is answered with our own, and the reason', () => {
  expect(findBackend('wasm')).toEqual({ products: wasmProducts, blasPath: undefined, missing: undefined })
  const { products, missing } = findBackend('auto')
  expect(products.description).toBe(
    missing === undefined ? `OpenBLAS ${found.found ? found.library.version : ''}` : 'wasm',
  )
})
