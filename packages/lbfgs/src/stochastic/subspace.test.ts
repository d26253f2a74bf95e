import { expect, test } from 'vitest'
import { normals, uniforms } from './logistic-sum.suite.ts'
import { addRow, createOrthonormalRows } from './orthonormal-rows.ts'
import { createSubspace } from './subspace.ts'

const dimension = 150
const normal = normals(uniforms(3))
const random = (): Float64Array => Float64Array.from({ length: dimension }, normal)
const dot = (a: Float64Array, b: Float64Array): number => a.reduce((sum, each, k) => sum + each * b[k], 0)

test('a vector that was included is its coordinates times the basis; products are kept to 1e-12', () => {
  const subspace = createSubspace(dimension, 11)
  const vectors = Array.from({ length: 9 }, random)
  vectors.push(vectors[2].map((each, k) => 3 * each - vectors[5][k]))
  const coordinates = vectors.map((vector) => {
    const out = new Float64Array(11).fill(7)
    subspace.include(vector, out)
    return out
  })
  expect(subspace.size).toBe(9)
  vectors.forEach((vector, i) => {
    const back = new Float64Array(dimension)
    subspace.add(coordinates[i], back)
    back.forEach((each, k) => {
      expect(each).toBeCloseTo(vector[k], 12)
    })
    vectors.forEach((other, j) => {
      expect(dot(coordinates[i], coordinates[j])).toBeCloseTo(dot(vector, other), 11)
    })
  })
})

test('turning onto fewer directions keeps the vectors, and the products, of their span', () => {
  const subspace = createSubspace(dimension, 12)
  const vectors = Array.from({ length: 12 }, random)
  for (const vector of vectors) subspace.include(vector, new Float64Array(12))
  expect(subspace.isFull()).toBe(true)
  const before = new Float64Array(12)
  const rows = createOrthonormalRows(5, 12)
  for (const vector of vectors.slice(4, 9)) {
    subspace.project(vector, before)
    addRow(rows, before, 0, 12)
  }
  subspace.turn(rows.rows, rows.count, 12)
  expect(subspace.size).toBe(5)
  const coordinates = vectors.map((vector) => {
    const out = new Float64Array(12)
    subspace.project(vector, out)
    return out
  })
  for (let i = 4; i < 9; i++) {
    const back = new Float64Array(dimension)
    subspace.add(coordinates[i], back)
    back.forEach((each, k) => {
      expect(each).toBeCloseTo(vectors[i][k], 12)
    })
    for (let j = 0; j < 12; j++) {
      expect(dot(coordinates[i], coordinates[j])).toBeCloseTo(dot(vectors[i], vectors[j]), 11)
    }
  }
})

test('where there is room for all directions, coordinates are the numbers themselves', () => {
  const subspace = createSubspace(dimension, dimension)
  const vector = random()
  const out = new Float64Array(dimension)
  subspace.include(vector, out)
  expect(out).toEqual(vector)
  expect([subspace.size, subspace.basis.length, subspace.isFull()]).toEqual([dimension, 0, false])
  subspace.add(vector, out)
  expect(out).toEqual(vector.map((each) => 2 * each))
  expect(() => subspace.turn(out, 1, 1)).toThrow(RangeError)
})

test('a full subspace takes no vector', () => {
  const subspace = createSubspace(4, 1)
  subspace.include(Float64Array.of(0, 2, 0, 0), new Float64Array(1))
  expect(() => subspace.include(Float64Array.of(1, 0, 0, 0), new Float64Array(1))).toThrow(
    'subspace: all 1 directions are taken',
  )
})
