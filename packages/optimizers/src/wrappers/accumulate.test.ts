import { sequence } from '@thalweg/testing'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { accumulate, adam, grouped, momentum, type Optimizer, sgd, skipNonFinite } from '../index.ts'

const near = (values: ArrayLike<number>, digits = 12) =>
  Array.from(values, (value) => expect.closeTo(value, digits))

/** Steps through gradients of sequences; saves and restores after one of the steps. */
function path(optimizer: Optimizer, steps: number, saved = -1, length = 9) {
  const w = sequence(length, 99)
  let state = optimizer.init(w)
  const applied: boolean[] = []
  for (let step = 0; step < steps; step++) {
    applied.push(optimizer.step(w, sequence(length, step), state).applied)
    if (step === saved) state = optimizer.restore(JSON.parse(JSON.stringify(optimizer.save(state))), w)
  }
  return { w, applied }
}

describe('accumulate', () => {
  it.each(['mean', 'sum'] as const)('k steps of sgd are one with the %s', (reduce) => {
    const optimizer = accumulate(sgd({ learningRate: 0.5 }), { steps: 3, reduce })
    const [w, whole] = [sequence(9, 99), sequence(9, 99)]
    const [state, wholeState] = [optimizer.init(w), sgd().init(whole)]
    for (let step = 0; step < 12; step++) {
      const before = w.slice()
      const { applied } = optimizer.step(w, sequence(9, step), state)
      expect(applied).toBe(step % 3 === 2)
      if (!applied) {
        expect(w).toEqual(before)
        continue
      }
      const parts = [step - 2, step - 1, step].map((each) => sequence(9, each))
      const sum = parts[0].map((value, index) => value + parts[1][index] + parts[2][index])
      const together = reduce === 'mean' ? sum.map((value) => value / 3) : sum
      sgd({ learningRate: 0.5 }).step(whole, together, wholeState)
      expect([...w]).toEqual(near(whole))
    }
    expect(state.step).toBe(12)
  })

  it('steps of 1 are the optimizer, bit for bit', () => {
    const { w, applied } = path(accumulate(adam(), { steps: 1 }), 5)
    expect(w).toEqual(path(adam(), 5).w)
    expect(applied).toEqual([true, true, true, true, true])
  })

  it('counts one step a group for the correction of Adam', () => {
    const optimizer = accumulate(adam({ learningRate: 0.1 }), { steps: 2 })
    const w = Float64Array.of(1)
    const state = optimizer.init(w)
    const golden = [0.90000001, 0.93661036, 0.902286254, 0.840632778]
    for (const [step, gradient] of [0.1, -0.2, 0.3, 0.4].entries()) {
      // Around the mean: 1.5 and 0.5 of it.
      optimizer.step(w, Float64Array.of(1.5 * gradient), state)
      optimizer.step(w, Float64Array.of(0.5 * gradient), state)
      expect(Math.abs(w[0] - golden[step])).toBeLessThan(6e-10)
    }
  })

  it('takes the overrides of the last step of a group', () => {
    const optimizer = accumulate(sgd({ learningRate: 1 }), { steps: 2 })
    const w = Float64Array.of(1)
    const state = optimizer.init(w)
    optimizer.step(w, Float64Array.of(1), state, { learningRate: 100 })
    optimizer.step(w, Float64Array.of(1), state, { learningRate: 0.25 })
    expect(w[0]).toBe(0.75)
  })

  it.each<[string, Optimizer]>([
    ['adam', accumulate(adam(), { steps: 3 })],
    ['the sum for momentum', accumulate(momentum(), { steps: 4, reduce: 'sum' })],
    ['itself', accumulate(accumulate(adam(), { steps: 2 }), { steps: 2 })],
    ['what skips', accumulate(skipNonFinite(adam()), { steps: 2 })],
  ])('around %s: saved anywhere, it goes on to the same bits', (_name, optimizer) => {
    const expected = path(optimizer, 13)
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 12 }), (saved) => {
        expect(path(optimizer, 13, saved)).toEqual(expected)
      }),
      { numRuns: 13 },
    )
  })

  it('around what skips: a skipped group does not count, after restoring neither', () => {
    const gradients = [1, Number.NaN, 0.1, 0.1, -0.2, -0.2]
    for (const saved of [-1, 0, 1, 2, 3, 4]) {
      const optimizer = accumulate(skipNonFinite(adam({ learningRate: 0.1 })), { steps: 2 })
      const w = Float64Array.of(1)
      let state = optimizer.init(w)
      for (const [step, gradient] of gradients.entries()) {
        const { applied } = optimizer.step(w, Float64Array.of(gradient), state)
        expect(applied).toBe(step === 3 || step === 5)
        if (step === saved) state = optimizer.restore(JSON.parse(JSON.stringify(optimizer.save(state))), w)
      }
      expect(Math.abs(w[0] - 0.93661036)).toBeLessThan(6e-10)
    }
  })

  it('gathers nothing when the last step of a group is refused', () => {
    const optimizer = accumulate(sgd({ learningRate: 1 }), { steps: 2 })
    const w = Float64Array.of(1)
    const state = optimizer.init(w)
    optimizer.step(w, Float64Array.of(0.5), state)
    const before = JSON.stringify(optimizer.save(state))
    expect(() => optimizer.step(w, Float64Array.of(9), state, { learningRate: -1 })).toThrow(RangeError)
    expect(() => optimizer.step(w, Float64Array.of(9, 9), state)).toThrow(TypeError)
    expect(JSON.stringify(optimizer.save(state))).toBe(before)
    optimizer.step(w, Float64Array.of(0.25), state)
    expect(w[0]).toBe(1 - 0.375)
  })

  it('gathers for named tensors, and not for frozen ones', () => {
    const optimizer = accumulate(grouped(sgd({ learningRate: 1 }), [{ tensors: ['still'], frozen: true }]), {
      steps: 2,
    })
    const w = { still: Float64Array.of(1), moving: Float32Array.of(1) }
    const state = optimizer.init(w)
    optimizer.step(w, { still: Float64Array.of(9), moving: Float32Array.of(0.25) }, state)
    optimizer.step(w, { moving: Float32Array.of(0.75) }, state)
    expect(w).toEqual({ still: Float64Array.of(1), moving: Float32Array.of(0.5) })
  })

  it('keeps an array more, and cannot be planned', () => {
    const optimizer = accumulate(adam(), { steps: 2 })
    expect([optimizer.slots, optimizer.plannable, optimizer.name]).toEqual([3, false, 'accumulate(adam)'])
  })

  it.each([0, 1.5, -1, Number.NaN])('refuses %d steps', (steps) => {
    expect(() => accumulate(sgd(), { steps })).toThrow(
      'accumulate(sgd): steps must be a whole number in [1, ∞)',
    )
  })
})
