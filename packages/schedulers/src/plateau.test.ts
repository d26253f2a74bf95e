import { describe, expect, it } from 'vitest'
import { type PlateauOptions, type PlateauState, plateau } from './index.ts'

// PyTorch's own numbers are in test/golden.

function values(options: PlateauOptions, metrics: readonly number[]): readonly number[] {
  const { start, next } = plateau(options)
  let state = start
  return metrics.map((metric) => {
    state = next(state, metric)
    return state.value
  })
}

describe('plateau', () => {
  it('lets `patience` bad metrics pass, and reduces at the next', () => {
    expect(values({ initial: 1, factor: 0.5, patience: 2 }, [3, 3, 3, 3, 3, 3, 3])).toEqual([
      ...[1, 1, 1, 0.5],
      ...[0.5, 0.5, 0.25],
    ])
  })

  it('starts the count anew with every better metric, by more than the threshold', () => {
    const options = { initial: 1, factor: 0.5, patience: 1, threshold: 0.1 }
    expect(values(options, [1, 1, 0.89, 0.89, 0.79, 0.79])).toEqual([1, 1, 1, 1, 1, 1])
    expect(values(options, [1, 1, 0.91, 0.91])).toEqual([1, 1, 0.5, 0.5])
  })

  it('counts NaN as bad, and an infinite best stays the best', () => {
    expect(values({ initial: 1, factor: 0.5, patience: 1 }, [Number.NaN, Number.NaN])).toEqual([1, 0.5])
    const { start, next } = plateau({ initial: 1, patience: 0, factor: 0.5 })
    const best = next(start, -Infinity)
    expect(best).toEqual({ value: 1, best: '-Infinity', bad: 0, cooldown: 0 })
    expect(next(best, -Infinity).value).toBe(0.5)
    expect(plateau({ initial: 1, mode: 'max' }).next({ ...start, best: '-Infinity' }, Infinity).best).toBe(
      'Infinity',
    )
  })

  it('is pure, and its state survives JSON', () => {
    const { start, next } = plateau({ initial: 1, patience: 0, factor: 0.5, cooldown: 1 })
    const frozen: PlateauState = Object.freeze({ ...start })
    const once = next(frozen, 2)
    expect(next(frozen, 2)).toEqual(once)
    const metrics = [2, 2, 2, 1, 1, 1, Number.NaN, 1]
    const straight = metrics.reduce(next, start)
    const resumed = metrics.reduce((state, metric) => next(JSON.parse(JSON.stringify(state)), metric), start)
    expect(resumed).toEqual(straight)
  })

  it.each([
    [{ initial: 0 }, 'plateau: initial must be in (0, ∞), got 0'],
    [{ initial: 1, factor: 1 }, 'plateau: factor must be in (0, 1), got 1'],
    [{ initial: 1, patience: 1.5 }, 'plateau: patience must be a whole number in [0, ∞), got 1.5'],
    [{ initial: 1, threshold: -1 }, 'plateau: threshold must be in [0, ∞), got -1'],
    [{ initial: 1, cooldown: Number.NaN }, 'plateau: cooldown must be a whole number in [0, ∞), got NaN'],
    [{ initial: 1, minimum: Infinity }, 'plateau: minimum must be in [0, ∞), got Infinity'],
    [{ initial: 1, epsilon: -1 }, 'plateau: epsilon must be in [0, ∞), got -1'],
    [{ initial: 1, mode: 'least' }, "plateau: mode must be 'min' or 'max', got least"],
    [
      { initial: 1, thresholdMode: 'rel' },
      "plateau: thresholdMode must be 'relative' or 'absolute', got rel",
    ],
  ])('refuses %j', (options, message) => {
    expect(() => plateau(options as PlateauOptions)).toThrow(message)
  })
})
