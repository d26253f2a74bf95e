import { guarded, sequence } from '@thalweg/testing'
import { describe, expect, it } from 'vitest'
import { add, bind, copy, createWorkspace, hadamard } from './index.ts'

const lengths = Array.from({ length: 20 }, (_, length) => length)

describe.each(['f32', 'f64'] as const)('%s', (precision) => {
  const workspace = createWorkspace({ bytes: 1 << 17 })
  const kernels = bind(workspace, {
    copy: copy(precision),
    add: add(precision),
    hadamard: hadamard(precision),
  })
  const round = precision === 'f32' ? Math.fround : (value: number) => value

  it.each(lengths)('length %d: copies, adds and multiplies, also in place', (length) => {
    const [x, y, z] = [1, 2, 3].map((seed) => guarded(workspace, precision, sequence(length, seed)))
    const [x0, y0] = [x, y].map(({ values }) => Array.from(values))
    kernels.copy(length, 0, x.address, z.address)
    expect(Array.from(z.values)).toEqual(x0)
    kernels.add(length, 0, x.address, y.address, z.address)
    const sums = x0.map((value, index) => round(value + y0[index]))
    expect(Array.from(z.values)).toEqual(sums)
    kernels.hadamard(length, 0, z.address, y.address, z.address)
    expect(Array.from(z.values)).toEqual(sums.map((value, index) => round(value * y0[index])))
    kernels.add(length, 0, x.address, y.address, y.address)
    expect(Array.from(y.values)).toEqual(sums)
    expect([x, y, z].every((array) => array.intact())).toBe(true)
  })
})
