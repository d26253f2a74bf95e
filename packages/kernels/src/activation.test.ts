import { guarded, sequence } from '@thalweg/testing'
import { describe, expect, it } from 'vitest'
import {
  type Activation,
  activate,
  activateBackward,
  bind,
  createWorkspace,
  type Precision,
} from './index.ts'

const precisions = ['f32', 'f64'] as const
const roundTo = { f32: Math.fround, f64: (value: number) => value }
/** The distance from 1 to the next number. */
const ulp = { f32: 2 ** -23, f64: 2 ** -52 }

interface Textbook {
  readonly activation: Activation
  /** In ulp of the value. */
  readonly bound: number
  readonly value: (x: number) => number
  /** dy f'(x) from y, each operation rounded. */
  readonly backward: (y: number, dy: number, round: (value: number) => number) => number
}

const textbooks: readonly Textbook[] = [
  {
    activation: { name: 'relu' },
    bound: 0,
    value: (x) => Math.max(x, 0),
    backward: (y, dy) => (y > 0 ? dy : 0),
  },
  {
    activation: { name: 'leakyRelu', slope: 0.25 },
    bound: 0,
    value: (x) => (x > 0 ? x : 0.25 * x),
    backward: (y, dy) => (y > 0 ? dy : 0.25 * dy),
  },
  {
    activation: { name: 'tanh' },
    bound: 3,
    value: Math.tanh,
    backward: (y, dy, round) => round(dy * round(1 - round(y * y))),
  },
  {
    activation: { name: 'sigmoid' },
    bound: 3,
    value: (x) => 1 / (1 + Math.exp(-x)),
    backward: (y, dy, round) => round(dy * round(y * round(1 - y))),
  },
]

/** Numbers of every size on both sides of 0: fine near it, coarse where functions are flat. */
const ladder = Array.from({ length: 4200 }, (_, index) => 1e-12 * 1.0075 ** index).flatMap((x) => [x, -x])

function set(precision: Precision, activation: Activation) {
  const workspace = createWorkspace({ bytes: 1 << 19 })
  const kernels = bind(workspace, {
    forward: activate(precision, activation),
    backward: activateBackward(precision, activation),
  })
  return { workspace, ...kernels }
}

describe.each(precisions)('%s', (precision) => {
  it.each(textbooks)('$activation.name is within $bound ulp', ({ activation, bound, value }) => {
    const { workspace, forward } = set(precision, activation)
    const x = guarded(workspace, precision, ladder)
    const y = guarded(workspace, precision, ladder)
    forward(x.values.length, 0, x.address, y.address)
    let worst = 0
    x.values.forEach((number, index) => {
      const expected = value(number)
      const error = Math.abs(y.values[index] - expected)
      if (error > 0) worst = Math.max(worst, error / (Math.abs(expected) * ulp[precision]))
    })
    expect(worst).toBeLessThanOrEqual(bound)
    expect(x.intact() && y.intact()).toBe(true)
  })

  it.each(textbooks)('$activation.name has the derivative that follows from its value', (textbook) => {
    const { workspace, forward, backward } = set(precision, textbook.activation)
    const x = guarded(workspace, precision, ladder)
    const dy = guarded(workspace, precision, sequence(ladder.length, 3))
    const dx = guarded(workspace, precision, ladder)
    forward(x.values.length, 0, x.address, x.address)
    backward(x.values.length, 0, x.address, dy.address, dx.address)
    const round = roundTo[precision]
    const expected = x.values.map((y, index) => textbook.backward(y, dy.values[index], round))
    expect(dx.values).toEqual(expected)
    expect(dx.intact()).toBe(true)
  })

  it.each(textbooks)('$activation.name: lanes and single elements give the same bits', ({ activation }) => {
    const { workspace, forward, backward } = set(precision, activation)
    const numbers = Array.from(sequence(67, 5), (value) => 8 * value)
    const one = numbers.map((x) => {
      const [input, output] = [[x], [0]].map((content) => guarded(workspace, precision, content))
      forward(1, 0, input.address, output.address)
      const [value] = output.values
      backward(1, 0, output.address, input.address, output.address)
      return [value, output.values[0]]
    })
    for (let length = 0; length <= numbers.length; length += length < 20 ? 1 : 47) {
      const [x, y] = [1, 2].map(() => guarded(workspace, precision, numbers.slice(0, length)))
      forward(length, 0, x.address, y.address)
      expect([...y.values]).toEqual(one.slice(0, length).map(([value]) => value))
      backward(length, 0, y.address, x.address, x.address)
      expect([...x.values]).toEqual(one.slice(0, length).map(([, derivative]) => derivative))
      expect(x.intact() && y.intact()).toBe(true)
    }
  })

  it.each([
    ['relu', { name: 'relu' }, [Number.NaN, 0, 0, 0, Infinity, 1e30]],
    ['leakyRelu', { name: 'leakyRelu', slope: 0.25 }, [Number.NaN, -Infinity, -2.5e29, 0, Infinity, 1e30]],
    ['tanh', { name: 'tanh' }, [Number.NaN, -1, -1, 0, 1, 1]],
    ['sigmoid', { name: 'sigmoid' }, [Number.NaN, 0, 0, 0.5, 1, 1]],
  ] as const)('%s of NaN, infinities and large numbers', (_name, activation, expected) => {
    const { workspace, forward } = set(precision, activation)
    const x = guarded(workspace, precision, [Number.NaN, -Infinity, -1e30, -0, Infinity, 1e30])
    forward(6, 0, x.address, x.address)
    x.values.forEach((value, index) => {
      const wanted = roundTo[precision](expected[index])
      // What is left of an exponential that is all but 0 is below 1e-37.
      if (Number.isFinite(wanted)) expect(Math.abs(value - wanted)).toBeLessThan(1e-37)
      else expect(value).toBe(wanted)
    })
  })
})
