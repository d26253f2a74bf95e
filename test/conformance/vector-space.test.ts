import { createVectorSpace, createWorkspace, type Precision } from '@thalweg/kernels'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { arraySpace, minimize, type VectorSpace } from '../../packages/lbfgs/src/index.ts'

type Vector = Float64Array | Float32Array

/** Both spaces of one length, which have the same type for the minimisers. */
function spacesOf(length: number, precision: Precision): readonly VectorSpace<Vector>[] {
  const workspace = createWorkspace({ bytes: 1 << 21 })
  const spaces =
    precision === 'f64'
      ? ([arraySpace(length), createVectorSpace(length, { workspace })] satisfies VectorSpace<Float64Array>[])
      : ([
          arraySpace(length, precision),
          createVectorSpace(length, { precision, workspace }),
        ] satisfies VectorSpace<Float32Array>[])
  return spaces as unknown as readonly VectorSpace<Vector>[]
}

describe.each<Precision>(['f64', 'f32'])('SIMD vectors for the minimisers, %s', (precision) => {
  const lengths = fc.oneof(fc.integer({ min: 0, max: 67 }), fc.constantFrom(1000, 1025, 3001))
  // All numbers of f32 are also of f64; products and sums overflow, underflow, or are NaN.
  const numbers = fc.array(fc.float(), { minLength: 1, maxLength: 30 })
  const counts = fc.integer({ min: 0, max: 41 })

  it('give the same bits as arrays', () => {
    fc.assert(
      fc.property(lengths, counts, numbers, (length, count, values) => {
        const [arrays, simd] = spacesOf(length, precision).map((space) => {
          const vectors = Array.from({ length: count + 2 }, (_, row) => {
            const vector = space.create()
            for (let i = 0; i < length; i++) vector[i] = values[(7 * row + i) % values.length]
            return vector
          })
          const [a, b] = vectors.slice(count)
          const [products, measured] = [new Float64Array(2 * count), new Float64Array(2)]
          space.products(vectors, count, a, b, products)
          space.measure(a, b, measured)
          const coefficients = Float64Array.from(vectors, (_, index) => values[(3 * index) % values.length])
          space.combine(coefficients, vectors, count, vectors[0])
          space.copy(vectors[0], b)
          return {
            products,
            measured,
            vectors: vectors.map((vector) => vector.slice()),
            epsilon: space.epsilon,
          }
        })
        expect(simd).toEqual(arrays)
      }),
      { numRuns: 60 },
    )
  })

  it('lead the same way: 60 iterations on the chained Rosenbrock function, 1500 coordinates', () => {
    const x0 = (precision === 'f64' ? new Float64Array(1500) : new Float32Array(1500)).fill(-1)
    const traces = spacesOf(x0.length, precision).map((space) => {
      const values: number[] = []
      const result = minimize(
        (x, gradient) => {
          const value = chainedRosenbrock(x, gradient)
          values.push(value)
          return value
        },
        x0,
        { space, maxIterations: 60, tolerance: { gradient: 0, f: 0 } },
      )
      return { values, x: [...result.x], iterations: result.iterations }
    })
    expect(traces[1]).toEqual(traces[0])
    expect(traces[1].iterations).toBe(60)
  })
})

/** f = sum of 100 (x_(i+1) - x_i^2)^2 + (1 - x_i)^2. */
function chainedRosenbrock(x: Vector, gradient: Vector): number {
  let sum = 0
  gradient.fill(0)
  for (let i = 0; i + 1 < x.length; i++) {
    const curve = x[i + 1] - x[i] * x[i]
    sum += 100 * curve * curve + (1 - x[i]) * (1 - x[i])
    gradient[i] -= 400 * x[i] * curve + 2 * (1 - x[i])
    gradient[i + 1] += 200 * curve
  }
  return sum
}
