import { guarded, sequence } from '@thalweg/testing'
import { describe, expect, it } from 'vitest'
import {
  type Activation,
  activate,
  activateBackward,
  addBias,
  biasBackward,
  bind,
  createWorkspace,
} from './index.ts'

const activations: readonly Activation[] = [
  { name: 'relu' },
  { name: 'leakyRelu', slope: 0.01 },
  { name: 'tanh' },
  { name: 'sigmoid' },
]

const sizes = [
  [0, 3],
  [1, 1],
  [3, 2],
  [4, 4],
  [5, 7],
  [8, 8],
  [7, 13],
  [1, 67],
  [33, 3],
] as const

describe.each(['f32', 'f64'] as const)('%s', (precision) => {
  describe.each(activations)('$name', (activation) => {
    const workspace = createWorkspace({ bytes: 1 << 20 })
    const kernels = bind(workspace, {
      fused: addBias(precision, activation),
      addBias: addBias(precision),
      activate: activate(precision, activation),
      fusedBackward: biasBackward(precision, activation),
      biasBackward: biasBackward(precision),
      activateBackward: activateBackward(precision, activation),
    })
    const array = (length: number, seed: number) =>
      guarded(
        workspace,
        precision,
        sequence(length, seed).map((value) => 4 * value),
      )

    it.each(sizes)('%d x %d: adds and activates as in two steps, bit for bit', (rows, columns) => {
      const bias = array(columns, 2)
      const [together, apart] = [1, 1].map((seed) => array(rows * columns, seed))
      kernels.fused(rows, columns, bias.address, together.address)
      kernels.addBias(rows, columns, bias.address, apart.address)
      kernels.activate(rows * columns, 0, apart.address, apart.address)
      expect(together.values).toEqual(apart.values)
      expect(together.intact() && bias.intact()).toBe(true)
    })

    it.each(sizes)('%d x %d: goes back as in two steps, bit for bit', (rows, columns) => {
      const y = array(rows * columns, 3)
      const [together, apart] = [4, 4].map((seed) => array(rows * columns, seed))
      const [sums, sumsApart] = [5, 6].map((seed) => array(columns, seed))
      kernels.fusedBackward(rows, columns, y.address, together.address, sums.address)
      kernels.activateBackward(rows * columns, 0, y.address, apart.address, apart.address)
      kernels.biasBackward(rows, columns, 0, apart.address, sumsApart.address)
      expect(together.values).toEqual(apart.values)
      expect(sums.values).toEqual(sumsApart.values)
      expect(together.intact() && sums.intact() && y.intact()).toBe(true)
    })
  })
})
