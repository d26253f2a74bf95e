import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createMovingAverage } from './moving-average.ts'

const length = 3
const number = fc.double({ min: -1e3, max: 1e3, noNaN: true })
/** Without -0, which no mean keeps. */
const single = fc.float({ min: -1e3, max: 1e3, noNaN: true }).map((value) => value + 0)
const vectors = fc.array(fc.array(number, { minLength: length, maxLength: length }), {
  minLength: 1,
  maxLength: 40,
})
const decays = fc.double({ min: 0, max: 0.9999, noNaN: true })

/** m <- d m + (1 - d) w from 0, divided by 1 - d^t. */
function textbook(decay: number, all: readonly (readonly number[])[]): number[] {
  const m = Array.from({ length }, () => 0)
  for (const w of all) for (let i = 0; i < length; i++) m[i] = decay * m[i] + (1 - decay) * w[i]
  return m.map((value) => value / (1 - decay ** all.length))
}

function averaged(decay: number, all: readonly (readonly number[])[]) {
  const ema = createMovingAverage(new Float64Array(length), { decay })
  for (const w of all) ema.update(Float64Array.from(w))
  return ema
}

describe('a moving average', () => {
  it('is the numbers worked by hand', () => {
    // (1 - d) = 1/2: a_2 = (1/2 2 + 1 4) / (1 + 1/2) = 10/3, a_3 = (1/4 2 + 1/2 4 + 1 8) / (7/4) = 6.
    const ema = createMovingAverage(new Float64Array(1), { decay: 0.5 })
    const averages = [2, 4, 8].map((value) => {
      ema.update(new Float64Array([value]))
      return ema.average()[0]
    })
    expect(averages[0]).toBe(2)
    expect(averages[1]).toBeCloseTo(10 / 3, 14)
    expect(averages[2]).toBeCloseTo(6, 14)
    expect(ema.updates).toBe(3)
  })

  it('is the textbook with its bias corrected, and the closed form', () => {
    fc.assert(
      fc.property(decays, vectors, (decay, all) => {
        const result = averaged(decay, all).average()
        const expected = textbook(decay, all)
        const t = all.length
        for (let i = 0; i < length; i++) {
          const closed =
            ((1 - decay) / (1 - decay ** t)) * all.reduce((sum, w, k) => sum + decay ** (t - 1 - k) * w[i], 0)
          expect(Math.abs(result[i] - expected[i])).toBeLessThan(1e-8)
          expect(Math.abs(result[i] - closed)).toBeLessThan(1e-8)
        }
      }),
    )
  })

  it('of equal weights is these weights, exactly, at every t, in f64 and f32', () => {
    fc.assert(
      fc.property(decays, fc.array(single, { minLength: 1, maxLength: 5 }), (decay, values) => {
        for (const weights of [new Float64Array(values), new Float32Array(values)]) {
          const ema = createMovingAverage(weights, { decay })
          for (let t = 1; t <= 30; t++) {
            ema.update(weights)
            expect(ema.average()).toEqual(weights)
          }
        }
      }),
    )
  })

  it('stays between the smallest and the largest weight, and with decay 0 is the last', () => {
    fc.assert(
      fc.property(decays, vectors, (decay, all) => {
        const result = averaged(decay, all).average()
        for (let i = 0; i < length; i++) {
          const values = all.map((w) => w[i])
          expect(result[i]).toBeGreaterThanOrEqual(Math.min(...values) - 1e-9)
          expect(result[i]).toBeLessThanOrEqual(Math.max(...values) + 1e-9)
        }
        expect(Array.from(averaged(0, all).average())).toEqual(all[all.length - 1])
      }),
    )
  })

  it('permutes with the coordinates', () => {
    fc.assert(
      fc.property(decays, vectors, (decay, all) => {
        const reversed = averaged(
          decay,
          all.map((w) => [...w].reverse()),
        )
        expect(Array.from(reversed.average()).reverse()).toEqual(Array.from(averaged(decay, all).average()))
      }),
    )
  })

  it('goes on from a saved state, through JSON, as if nothing had been', () => {
    fc.assert(
      fc.property(decays, vectors, fc.nat(40), (decay, all, cut) => {
        const before = averaged(decay, all.slice(0, cut))
        const after = createMovingAverage(new Float64Array(length), { decay })
        after.restore(JSON.parse(JSON.stringify(before.save())))
        for (const w of all.slice(cut)) after.update(Float64Array.from(w))
        expect(after.save()).toEqual(averaged(decay, all).save())
        expect(after.average()).toEqual(averaged(decay, all).average())
      }),
    )
  })

  it('keeps the form and the precision of weights, writes into what it is given, and leaves weights alone', () => {
    const weights = { kernel: new Float32Array([1, 2]), bias: new Float64Array([3]) }
    const ema = createMovingAverage(weights)
    ema.update(weights)
    weights.kernel.fill(7)
    expect(ema.average()).toEqual({ kernel: new Float32Array([1, 2]), bias: new Float64Array([3]) })
    expect(ema.average(weights)).toBe(weights)
    expect(weights.kernel).toEqual(new Float32Array([1, 2]))
  })

  it('keeps f32 weights in f64: what a step adds is not lost', () => {
    // In f32 1 + 1e-4 (1 + 2^-23 - 1) is 1.
    const ema = createMovingAverage(new Float32Array(1), { decay: 0.9999 })
    ema.update(new Float32Array([1]))
    for (let t = 0; t < 200_000; t++) ema.update(new Float32Array([1 + 2 ** -23]))
    expect(ema.average()).toEqual(new Float32Array([1 + 2 ** -23]))
  })

  it('refuses what does not fit, by name, and changes nothing', () => {
    expect(() => createMovingAverage(new Float64Array(1), { decay: 1 })).toThrow(
      new RangeError('createMovingAverage: decay must be in [0, 1), got 1'),
    )
    expect(() => createMovingAverage({})).toThrow(
      new RangeError('createMovingAverage: weights must have at least one tensor, got none'),
    )
    expect(() => createMovingAverage({ a: [1] as never })).toThrow(
      new TypeError("createMovingAverage: tensor 'a' must be a Float32Array or a Float64Array"),
    )
    expect(() => createMovingAverage(null as never)).toThrow(
      new TypeError('createMovingAverage: weights must be a typed array, or such arrays by name, got null'),
    )
    const weights = { a: new Float32Array(2), b: new Float64Array([1]) }
    const ema = createMovingAverage<Record<string, Float32Array | Float64Array>>(weights, { decay: 0.5 })
    expect(() => ema.average()).toThrow(new RangeError('average: updates must be in [1, ∞), got 0'))
    ema.update(weights)
    const saved = ema.save()
    const { a, b } = weights
    expect(() => ema.update({ a: new Float32Array(3), b })).toThrow(
      new RangeError("update: tensor 'a' must have length 2, got 3"),
    )
    expect(() => ema.update({ a: new Float64Array(2), b })).toThrow(
      new TypeError("update: tensor 'a' must be a Float32Array, got a Float64Array"),
    )
    expect(() => ema.update({ a })).toThrow(new TypeError("update: tensor 'b' is missing"))
    expect(() => ema.update({ a, b, c: b })).toThrow(
      new TypeError("update: unknown tensor 'c'; there are: a, b"),
    )
    expect(() => ema.update(a as never)).toThrow(
      new TypeError('update: weights must be tensors by name, as those before'),
    )
    expect(() => ema.update({ a: new Float32Array([9, 9]), b: new Float64Array([Number.NaN]) })).toThrow(
      new RangeError("update: tensor 'b' must be finite, got NaN at 0"),
    )
    expect(() => ema.average({ a })).toThrow(new TypeError("average: tensor 'b' is missing"))
    const refused = [
      [{ ...saved, method: 'other' }, 'restore: this is no saved moving average'],
      [{ ...saved, decay: 0.9 }, 'restore: decay must be 0.5, got 0.9'],
      [{ ...saved, updates: -1 }, 'restore: updates must be a whole number in [0, ∞), got -1'],
      [{ ...saved, remaining: 2 }, 'restore: remaining must be in [0, 1], got 2'],
      [{ ...saved, tensors: null }, 'createMovingAverage: the saved tensors must be an object, got null'],
      [
        { ...saved, tensors: { a: saved.tensors.a } },
        "createMovingAverage: tensor 'b' is missing from the saved state",
      ],
      [
        { ...saved, tensors: { a: saved.tensors.b, b: saved.tensors.b } },
        "createMovingAverage: tensor 'a' must have length 2, got 1 in the saved state",
      ],
      [
        { ...saved, tensors: { ...saved.tensors, c: saved.tensors.a } },
        "createMovingAverage: unknown tensor 'c' in the saved state",
      ],
      [
        { ...saved, tensors: { ...saved.tensors, b: '?' } },
        'createMovingAverage: the saved numbers are no base64',
      ],
      [
        { ...saved, tensors: { ...saved.tensors, b: 'AAAA' } },
        'createMovingAverage: the saved numbers must be a multiple of 8 bytes, got 3',
      ],
      [
        { ...saved, tensors: { ...saved.tensors, b: 1 } },
        'createMovingAverage: the saved numbers must be base64, got 1',
      ],
    ] as const
    for (const [wrong, message] of refused) expect(() => ema.restore(wrong as never)).toThrow(message)
    expect(ema.save()).toEqual(saved)
  })
})
