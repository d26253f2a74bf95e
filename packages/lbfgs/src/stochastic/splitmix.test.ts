import { expect, test } from 'vitest'
import { drawn, nextState } from './splitmix.ts'

test('the state is a counter of odd stride: all 2^32 states are visited', () => {
  expect(nextState(0)).toBe(0x9e3779b9)
  expect(nextState(0xffffffff)).toBe(0x9e3779b8)
})

test('draws are in [0, 1), with the mean and the variance of a uniform distribution, whatever the seed', () => {
  for (const seed of [0, 1, 2, 2 ** 32 - 1]) {
    let [state, sum, squares] = [seed, 0, 0]
    for (let i = 0; i < 10_000; i++) {
      state = nextState(state)
      const value = drawn(state)
      expect(value >= 0 && value < 1).toBe(true)
      sum += value
      squares += value * value
    }
    expect(Math.abs(sum / 10_000 - 1 / 2)).toBeLessThan(0.01)
    expect(Math.abs(squares / 10_000 - 1 / 3)).toBeLessThan(0.01)
  }
})
