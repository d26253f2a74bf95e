import { expect, it } from 'vitest'
import { allocate, createWorkspace, workspaceBeside, workspaceOf } from './index.ts'

it('gives zeroed arrays of the precision asked for, on cache lines', () => {
  const [single, double] = [allocate(5), allocate(3, 'f64')]
  expect(single).toEqual(new Float32Array(5))
  expect(double).toEqual(new Float64Array(3))
  expect([single.byteOffset % 64, double.byteOffset % 64]).toEqual([0, 0])
})

it('lays a pair of one length into one memory, with room for four states', () => {
  // 40 MB each: five pairs do not fit the 256 MiB of one shared workspace.
  const length = 10_000_000
  for (let pair = 0; pair < 5; pair++) {
    const [parameters, gradient] = [allocate(length), allocate(length)]
    const workspace = workspaceOf(parameters)
    expect(workspaceOf(gradient)).toBe(workspace)
    for (let state = 0; state < 4; state++) expect(workspace?.f32(length)).toHaveLength(length)
  }
})

it('keeps room for the states of many arrays, whose gradients come after all of them', () => {
  const lengths = Array.from({ length: 40 }, (_, index) => 1_000_000 + index)
  const parameters = lengths.map((length) => allocate(length))
  const gradients = lengths.map((length) => allocate(length))
  for (const [index, array] of parameters.entries()) {
    const workspace = workspaceOf(array)
    expect(workspaceOf(gradients[index])).toBe(workspace)
    for (let state = 0; state < 2; state++) {
      expect(workspaceBeside(array, array.byteLength + 1024)).toBe(workspace)
      workspace?.f32(array.length)
    }
  }
})

it('says what may go beside an array', () => {
  expect(workspaceBeside(new Float32Array(1), 1)).toBeUndefined()
  const own = createWorkspace({ bytes: 1 << 16 })
  expect(workspaceBeside(own.f32(1), 1 << 20)).toBe(own)
  const array = allocate(10)
  expect(workspaceBeside(array, 1000)).toBe(workspaceOf(array))
  expect(workspaceBeside(array, 2 ** 31)).toBeUndefined()
})

it.each([-1, 0.5, Number.NaN, 2 ** 32])('refuses a length of %d', (length) => {
  expect(() => allocate(length)).toThrow(RangeError)
})
