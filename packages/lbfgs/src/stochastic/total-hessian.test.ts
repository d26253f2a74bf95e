import { expect, test } from 'vitest'
import { normals, uniforms } from './logistic-sum.suite.ts'
import { createTotalHessian } from './total-hessian.ts'

const [stride, size, count] = [7, 5, 5]
const normal = normals(uniforms(11))
const columns = Float64Array.from({ length: count * stride }, (_, k) => (k % stride < size ? normal() : 0))
const signs = Float64Array.of(1, 1, -0.01, 1, 1)
const v = Float64Array.from({ length: stride }, normal)

/** v' H v by the definition, over columns from `first` to before `end`. */
function energyOf(first: number, end: number): number {
  let sum = 0
  for (let c = first; c < end; c++) {
    let dot = 0
    for (let k = 0; k < size; k++) dot += columns[c * stride + k] * v[k]
    sum += signs[c] * dot * dot
  }
  return sum
}

test('adding and taking away columns, odd and even numbers of them, is what the definition says', () => {
  const hessian = createTotalHessian(stride)
  hessian.add(columns, 0, 3, signs, 1, size)
  expect(hessian.energy(v, size, 0)).toBeCloseTo(energyOf(0, 3), 12)
  hessian.add(columns, 3, 2, signs, 1, size)
  const squared = v.subarray(0, size).reduce((sum, each) => sum + each * each, 0)
  expect(hessian.energy(v, size, 0.5)).toBeCloseTo(energyOf(0, 5) + 0.5 * squared, 12)
  hessian.add(columns, 0, 3, signs, -1, size)
  expect(hessian.energy(v, size, 0)).toBeCloseTo(energyOf(3, 5), 12)
})

test('the factor is that of the matrix; where that is not positive, of one with a larger diagonal', () => {
  const hessian = createTotalHessian(stride)
  hessian.add(columns, 0, 5, signs, 1, size)
  const factor = new Float64Array(stride * stride)
  const squares = (): number => {
    let sum = 0
    for (let column = 0; column < size; column++) {
      let dot = 0
      for (let row = column; row < size; row++) dot += factor[row * stride + column] * v[row]
      sum += dot * dot
    }
    return sum
  }
  hessian.factor(factor, size, 2)
  expect(squares()).toBeCloseTo(hessian.energy(v, size, 2), 11)
  hessian.add(columns, 0, 5, signs, -2, size)
  hessian.factor(factor, size, 0)
  expect(squares()).toBeGreaterThan(hessian.energy(v, size, 0))
})

test('the median eigenvalue of a diagonal matrix', () => {
  const hessian = createTotalHessian(3)
  hessian.add(Float64Array.of(2, 0, 0, 0, 1, 0), 0, 2, Float64Array.of(1, 1), 1, 3)
  expect(hessian.medianEigenvalue(3, 0.5)).toBeCloseTo(1.5, 14)
  expect(hessian.medianEigenvalue(0, 0.5)).toBe(0.5)
})
