import { finiteDifference } from '@thalweg/testing'
import { expect, test } from 'vitest'
import { normals, uniforms } from './logistic-sum.suite.ts'
import { addRow, createOrthonormalRows } from './orthonormal-rows.ts'
import { createSumModel, type SumModel } from './sum-model.ts'

const count = 4
const stride = 12
const size = 9

/** A model of random quadratics that was told of a few points; the last position of each is near `center`. */
function modelOf(seed: number): { model: SumModel; points: Float64Array[]; normal: () => number } {
  const normal = normals(uniforms(seed))
  const model = createSumModel(count, stride, 3, 'bfgs')
  model.size = size
  model.active.fill(1)
  model.betas.fill(1)
  const curvatures = Array.from({ length: count }, () =>
    Float64Array.from({ length: size }, () => normal() ** 2 + 0.1),
  )
  const points: Float64Array[] = []
  for (let round = 0; round < 5; round++) {
    for (let i = 0; i < count; i++) {
      const x = new Float64Array(stride)
      for (let k = 0; k < size; k++) x[k] = normal()
      const g = x.map((each, k) => (k < size ? curvatures[i][k] * each + 0.3 * Math.sin(each) : 0))
      model.evaluations[i]++
      model.record(i, normal(), x, g, 1)
      model.fit(i)
      if (round === 4) points.push(x)
    }
  }
  return { model, points, normal }
}

const total = (model: SumModel, x: Float64Array): number => {
  let sum = 0
  for (let i = 0; i < count; i++) sum += model.predict(i, x)
  return sum
}

const random = (normal: () => number, length: number): Float64Array =>
  Float64Array.from({ length: stride }, (_, k) => (k < length ? normal() : 0))

test('each model has the value and the gradient of its last point', () => {
  const { model, points } = modelOf(1)
  points.forEach((x, i) => {
    expect(model.predict(i, x)).toBe(model.values[i])
    const slope = finiteDifference(() => model.predict(i, x), x)
    for (let k = 0; k < size; k++) expect(slope[k]).toBeCloseTo(model.gradients[i * stride + k], 7)
    expect([model.isAt(i, x), model.isAt((i + 1) % count, x), model.ownDistance(i, x)]).toEqual([
      true,
      false,
      0,
    ])
  })
})

test('the gradient is that of the sum, and the Hessian its derivative', () => {
  const { model, normal } = modelOf(2)
  const x = random(normal, size)
  const gradient = new Float64Array(stride)
  model.gradient(x, gradient)
  const expected = finiteDifference(() => total(model, x), x)
  for (let k = 0; k < size; k++) expect(gradient[k]).toBeCloseTo(expected[k], 6)

  const v = random(normal, size)
  const moved = new Float64Array(stride)
  model.gradient(
    x.map((each, k) => each + v[k]),
    moved,
  )
  const curvature = moved.reduce((sum, each, k) => sum + (each - gradient[k]) * v[k], 0)
  expect(model.energy(v)).toBeCloseTo(curvature, 9)
  const factor = new Float64Array(stride * stride)
  model.factor(factor)
  let squares = 0
  for (let column = 0; column < size; column++) {
    let sum = 0
    for (let row = column; row < size; row++) sum += factor[row * stride + column] * v[row]
    squares += sum * sum
  }
  expect(squares).toBeCloseTo(curvature, 9)
})

test('summing the Hessian afresh changes it by rounding only', () => {
  const { model, normal } = modelOf(3)
  const v = random(normal, size)
  const before = model.energy(v)
  model.rebuild()
  expect(Math.abs(model.energy(v) / before - 1)).toBeLessThan(1e-13)
})

test('turning onto the span of the last gradients and positions keeps what is said about it', () => {
  const { model, points, normal } = modelOf(4)
  const rows = createOrthonormalRows(stride, stride)
  for (let i = 0; i < count; i++) {
    addRow(rows, model.gradients, i * stride, size)
    addRow(rows, points[i], 0, size)
  }
  expect(rows.count).toBe(2 * count)
  const turned = (x: Float64Array): Float64Array =>
    Float64Array.from({ length: stride }, (_, j) =>
      j < rows.count ? x.reduce((sum, each, k) => sum + each * rows.rows[j * stride + k], 0) : 0,
    )
  // A point of the span.
  const x = new Float64Array(stride)
  for (const point of points) {
    const times = normal()
    for (let k = 0; k < size; k++) x[k] += times * point[k]
  }
  const said = (at: Float64Array): number[] =>
    Array.from({ length: count }, (_, i) => [
      model.predict(i, at),
      model.ownDistance(i, at),
      model.totalDistance(i, at),
    ]).flat()
  const before = said(x)
  model.turn(rows.rows, rows.count)
  expect(model.size).toBe(rows.count)
  said(turned(x)).forEach((each, k) => {
    expect(each).toBeCloseTo(before[k], 10)
  })
})

test('a sub-function that no pair tells of gets the median eigenvalue of the sum, divided among the active', () => {
  const model = createSumModel(3, 3, 2, 'bfgs')
  model.size = 3
  model.active.set([1, 1, 0])
  model.betas.set([4, 2, 0])
  model.evaluations[0] = 1
  model.record(0, 1, Float64Array.of(1, 0, 0), Float64Array.of(1, 2, 3), 1)
  model.fit(0)
  expect([...model.betas]).toEqual([3, 2, 0])
})

test('differences that are rounding are not kept: the Hessian stays as it was', () => {
  const { model, points } = modelOf(5)
  const before = model.arrays.map((array) => array.slice())
  const same = points[0].slice()
  const gradient = model.gradients.slice(0, stride)
  model.record(0, model.values[0], same, gradient, 1)
  model.record(
    0,
    model.values[0],
    same,
    gradient.map((each) => each * (1 + 2 ** -52)),
    1,
  )
  model.record(0, model.values[0], same, gradient, 1)
  model.arrays.forEach((array, i) => {
    expect(array).toEqual(before[i])
  })
})
