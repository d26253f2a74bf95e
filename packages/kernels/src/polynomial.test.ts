import { sequence } from '@thalweg/testing'
import { describe, expect, it } from 'vitest'
import { elementWise } from './element-wise.ts'
import { set } from './emit.ts'
import { bind } from './kernel.ts'
import { polynomial, powersFor } from './polynomial.ts'
import { createWorkspace } from './workspace.ts'

const counts = Array.from({ length: 24 }, (_, index) => index + 1)

describe.each([true, false])('constants kept: %s', (keepsConstants) => {
  it.each(counts)("%d coefficients: Horner's rule", (count) => {
    const coefficients = Array.from(sequence(count, count))
    const powers = powersFor(count)
    const kernel = elementWise({
      name: 'polynomial',
      precision: 'f64',
      arrays: 2,
      scalars: 0,
      temporaries: 1 + powers,
      keepsConstants,
      body: (lanes, [x, y], _scalars, [value, ...places]) => {
        set(value, lanes.load(x))
        lanes.store(y, polynomial(lanes, coefficients, value, places))
      },
    })
    const workspace = createWorkspace({ bytes: 1 << 16 })
    const [x, y] = [workspace.f64(7), workspace.f64(7)]
    x.set(sequence(7, 5))
    bind(workspace, { run: kernel }).run(7, 0, x.byteOffset, y.byteOffset)
    x.forEach((number, index) => {
      const expected = coefficients.reduceRight((sum, coefficient) => sum * number + coefficient, 0)
      expect(y[index]).toBeCloseTo(expected, 14)
    })
  })
})

it('keeps 0 and -0 apart', () => {
  const kernel = elementWise({
    name: 'zeros',
    precision: 'f64',
    arrays: 2,
    scalars: 0,
    temporaries: 0,
    keepsConstants: true,
    body: (lanes, [x, y]) => {
      lanes.store(x, lanes.constant(0))
      lanes.store(y, lanes.constant(-0))
    },
  })
  const workspace = createWorkspace({ bytes: 1 << 16 })
  const [x, y] = [workspace.f64(3).fill(1), workspace.f64(3).fill(1)]
  bind(workspace, { run: kernel }).run(3, 0, x.byteOffset, y.byteOffset)
  expect([...x, ...y]).toEqual([0, 0, 0, -0, -0, -0])
})
