import { sequence } from '@thalweg/testing'
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { accumulate, adam, chain, clipByGlobalNorm, momentum, sgd, skipNonFinite } from '../index.ts'

const bad = fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY)

it('leaves parameters, state and step count as they are, wherever the number stands', () => {
  const optimizer = skipNonFinite(chain(clipByGlobalNorm(1), adam()))
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), fc.nat(), bad, (length, place, value) => {
      const w = sequence(length, 1)
      const state = optimizer.init(w)
      expect(optimizer.step(w, sequence(length, 2), state)).toEqual({ applied: true })
      const before = [w.slice(), JSON.stringify(optimizer.save(state))]
      const gradient = sequence(length, 3)
      gradient[place % length] = value
      expect(optimizer.step(w, gradient, state)).toEqual({ applied: false })
      expect([w, JSON.stringify(optimizer.save(state))]).toEqual(before)
      expect(state.step).toBe(1)
    }),
  )
})

it('the path is the one without the skipped steps, in f32 too', () => {
  const [optimizer, plain] = [skipNonFinite(adam()), adam()]
  const [w, expected] = [new Float32Array(5), new Float32Array(5)]
  const [state, plainState] = [optimizer.init(w), plain.init(expected)]
  for (let step = 0; step < 6; step++) {
    const gradient = Float32Array.from(sequence(5, step))
    plain.step(expected, gradient, plainState)
    optimizer.step(w, gradient, state)
    optimizer.step(w, gradient.fill(Number.NaN, 4), state)
  }
  expect(w).toEqual(expected)
})

it('takes what is large or tiny, but finite', () => {
  const optimizer = skipNonFinite(sgd({ learningRate: 1 }))
  const w = new Float64Array(4)
  const gradient = Float64Array.of(1.7e308, -1.7e308, 5e-324, 0)
  expect(optimizer.step(w, gradient, optimizer.init(w)).applied).toBe(true)
  expect([...w]).toEqual([-1.7e308, 1.7e308, -5e-324, 0])
})

it('looks at all tensors: one that is bad keeps the others too', () => {
  const optimizer = skipNonFinite(momentum())
  const w = { a: Float64Array.of(1), none: new Float64Array(0), b: Float32Array.of(1) }
  const gradient = { a: Float64Array.of(1), none: new Float64Array(0), b: Float32Array.of(Number.NaN) }
  expect(optimizer.step(w, gradient, optimizer.init(w))).toEqual({ applied: false })
  expect([w.a[0], w.b[0]]).toEqual([1, 1])
})

it('around accumulation leaves one micro-step out', () => {
  const optimizer = skipNonFinite(accumulate(sgd({ learningRate: 1 }), { steps: 2 }))
  const w = Float64Array.of(1)
  const state = optimizer.init(w)
  const applied = [0.25, Number.NaN, 0.75, 0.5].map(
    (gradient) => optimizer.step(w, Float64Array.of(gradient), state).applied,
  )
  expect(applied).toEqual([false, false, true, false])
  expect(w[0]).toBe(0.5)
})

it('its states are those of the optimizer inside; it cannot be planned', () => {
  const w = Float64Array.of(1)
  const state = adam().init(w)
  expect(skipNonFinite(adam()).step(w, Float64Array.of(1), state)).toEqual({ applied: true })
  expect(skipNonFinite(adam()).plannable).toBe(false)
})
