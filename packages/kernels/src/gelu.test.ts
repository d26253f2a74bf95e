import { guarded, sequence } from '@thalweg/testing'
import { describe, expect, it } from 'vitest'
import { bind, createWorkspace, type GeluApproximation, gelu, geluBackward } from './index.ts'

/** The density of N(0, 1). */
const density = (x: number): number => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)

/** 1 - Phi(x) for x >= 0: 1/2 less a series of positive terms, or from 1 on a continued fraction (Abramowitz & Stegun 26.2). */
function upperTail(x: number): number {
  if (x < 1) {
    let term = x
    let sum = x
    for (let n = 3; n < 60; n += 2) {
      term *= (x * x) / n
      sum += term
    }
    return 0.5 - density(x) * sum
  }
  let fraction = x
  for (let n = 1000; n >= 1; n--) fraction = x + n / fraction
  return density(x) / fraction
}

const phi = (x: number): number => (x < 0 ? upperTail(-x) : 1 - upperTail(x))

interface Textbook {
  readonly value: (x: number) => number
  readonly derivative: (x: number) => number
  /** The size of the exponent: e^exponent has a relative error of as many units. */
  readonly exponent: (x: number) => number
}

const c = Math.sqrt(2 / Math.PI)
const inner = (x: number): number => c * (x + 0.044715 * x ** 3)
const textbooks: Readonly<Record<GeluApproximation, Textbook>> = {
  none: {
    value: (x) => x * phi(x),
    derivative: (x) => phi(x) + x * density(x),
    exponent: (x) => (x * x) / 2,
  },
  tanh: {
    value: (x) => x / (1 + Math.exp(-2 * inner(x))),
    derivative: (x) => {
      const [below, above] = [1, -1].map((sign) => 1 / (1 + Math.exp(-2 * sign * inner(x))))
      return below + 2 * x * below * above * c * (1 + 3 * 0.044715 * x * x)
    },
    exponent: (x) => 2 * Math.abs(inner(x)),
  },
}

const limits = { f32: { unit: 2 ** -24, tail: 8 }, f64: { unit: 2 ** -53, tail: 30 } }

describe.each(['f32', 'f64'] as const)('%s', (precision) => {
  const { unit, tail } = limits[precision]
  describe.each(['none', 'tanh'] as const)('approximation: %s', (approximation) => {
    const { value, derivative, exponent } = textbooks[approximation]
    const workspace = createWorkspace({ bytes: 1 << 20 })
    const kernels = bind(workspace, {
      forward: gelu(precision, approximation),
      backward: geluBackward(precision, approximation),
    })
    /** Both functions of some numbers. */
    function at(numbers: ArrayLike<number>) {
      const [x, y, dx] = [1, 2, 3].map(() => guarded(workspace, precision, numbers))
      const dy = guarded(workspace, precision, Array(numbers.length).fill(1))
      kernels.forward(numbers.length, 0, x.address, y.address)
      kernels.backward(numbers.length, 0, x.address, dy.address, dx.address)
      expect([x, y, dy, dx].every((array) => array.intact())).toBe(true)
      return { x: x.values, y: y.values, dx: dx.values }
    }

    it('is the textbook function within 8 units of max(1, |y|), and so is its derivative', () => {
      const { x, y, dx } = at(sequence(4001, 1).map((number) => 7 * number))
      x.forEach((number, index) => {
        const expected = value(number)
        expect(Math.abs(y[index] - expected)).toBeLessThanOrEqual(8 * unit * Math.max(1, Math.abs(expected)))
        expect(Math.abs(dx[index] - derivative(number))).toBeLessThanOrEqual(8 * unit)
      })
    })

    it('keeps its relative accuracy where it is small', () => {
      const small = Array.from(
        { length: 400 },
        (_, index) => (index % 2 === 0 ? 1 : -1) * 1e-10 * 1.06 ** index,
      )
      const farDown = Array.from({ length: 400 }, (_, index) => (-tail * index) / 400)
      const { x, y } = at([...small, ...farDown].filter((number) => number > -tail && exponent(number) < 80))
      x.forEach((number, index) => {
        const expected = value(number)
        // As much again for the textbook, which has to round too.
        const bound = 4 * unit * (4 + exponent(number)) * Math.abs(expected)
        expect(Math.abs(y[index] - expected)).toBeLessThanOrEqual(bound)
      })
    })

    it('of infinities, NaN and large numbers', () => {
      const { y, dx } = at([Infinity, -Infinity, Number.NaN, 2 ** 100, -(2 ** 100), 0])
      const ends = [Infinity, 0, Number.NaN, 2 ** 100, 0, 0]
      const slopes = [1, 0, Number.NaN, 1, 0, 0.5]
      ends.forEach((end, index) => {
        if (!Number.isFinite(end)) expect(y[index]).toBe(end)
        else expect(Math.abs(y[index] - end)).toBeLessThan(1e-36)
      })
      slopes.forEach((slope, index) => {
        if (Number.isNaN(slope)) expect(dx[index]).toBeNaN()
        else expect(Math.abs(dx[index] - slope)).toBeLessThanOrEqual(unit)
      })
    })

    it('multiplies what comes back, and does the same in lanes and single elements, also in place', () => {
      const numbers = sequence(23, 4).map((number) => 5 * number)
      const ones = Array.from(numbers, (number) => at([number]))
      for (let length = 0; length < numbers.length; length++) {
        const x = guarded(workspace, precision, numbers.subarray(0, length))
        const dy = guarded(workspace, precision, sequence(length, 6))
        const before = Array.from(dy.values)
        kernels.backward(length, 0, x.address, dy.address, dy.address)
        kernels.forward(length, 0, x.address, x.address)
        const round = precision === 'f32' ? Math.fround : (number: number) => number
        expect([...x.values]).toEqual(ones.slice(0, length).map(({ y }) => y[0]))
        expect([...dy.values]).toEqual(before.map((number, index) => round(number * ones[index].dx[0])))
        expect(x.intact() && dy.intact()).toBe(true)
      }
    })
  })
})
