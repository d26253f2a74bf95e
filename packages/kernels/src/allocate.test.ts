import { expect, it } from 'vitest'
import { allocate, sharedWorkspace, workspaceOf } from './index.ts'

it('gives zeroed arrays of the precision asked for, on cache lines', () => {
  const [single, double] = [allocate(5), allocate(3, 'f64')]
  expect(single).toEqual(new Float32Array(5))
  expect(double).toEqual(new Float64Array(3))
  expect([single.byteOffset % 64, double.byteOffset % 64]).toEqual([0, 0])
})

it('lays a pair of one length into one memory, with room for six more', () => {
  // 48 MiB each: five pairs do not fit the 256 MiB of one shared workspace.
  const length = 12 * 2 ** 20
  for (let pair = 0; pair < 5; pair++) {
    const [parameters, gradient] = [allocate(length), allocate(length)]
    const workspace = workspaceOf(parameters)
    expect(workspaceOf(gradient)).toBe(workspace)
    for (let state = 0; state < 6; state++) expect(workspace?.f32(length)).toHaveLength(length)
  }
})

it('uses what is free before it makes another memory', () => {
  const first = sharedWorkspace(1024)
  expect(workspaceOf(allocate(100))).toBe(first)
  expect(sharedWorkspace(first.bytesTotal - first.bytesUsed)).toBe(first)
  expect(sharedWorkspace(first.bytesTotal - first.bytesUsed + 1)).not.toBe(first)
})

it.each([-1, 0.5, Number.NaN, 2 ** 32])('refuses a length of %d', (length) => {
  expect(() => allocate(length)).toThrow(RangeError)
})
