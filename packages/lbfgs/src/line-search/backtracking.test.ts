import { expect, test } from 'vitest'
import { backtracking } from './backtracking.ts'
import { type Phi, searchAlong } from './search-along.suite.ts'

const parabola: Phi = (a) => [(a - 1) ** 2, 2 * (a - 1)]

/** phi(0) = 0 and phi'(0) = -1, then the values in turn, with slopes that do not matter. */
const values = (...list: readonly number[]): Phi => {
  let trial = 0
  return (a) => (a === 0 ? [0, -1] : [list[trial++], -1])
}

const stepsOf = (phi: Phi, options: Parameters<typeof backtracking>[0], step: number): number[] =>
  searchAlong(backtracking(options), phi, { step }).trials.map((trial) => trial.step)

test("armijo takes the minimum of the parabola through phi(0), phi'(0) and the value", () => {
  // From 8: 64 / (2 (49 - 1 + 16)) ... the parabola is phi itself, with its minimum at 1 = 8 / 8.
  expect(stepsOf(parabola, {}, 8)).toEqual([8, 1])
})

test('armijo shrinks by at least 2 and at most 10, or as told', () => {
  // 1 / (2 (0.1 + 1)) = .45; 1 / (2 (.001 + 1)) = .4995; a value of 100 asks for .00495.
  expect(stepsOf(values(0.1, -1), {}, 1)[1]).toBeCloseTo(1 / 2.2, 12)
  expect(stepsOf(values(100, -1), {}, 1)).toEqual([1, 0.1])
  expect(stepsOf(values(0, -1), { shrink: 0.4 }, 1)).toEqual([1, 0.4])
  expect(stepsOf(values(-0.5, -1), { c1: 0.9, shrink: 0.8 }, 1)).toEqual([1, 0.8])
})

test('wolfe grows while the function falls too steeply, then stays between the last two', () => {
  const steps = stepsOf((a) => [(a - 5) ** 2, 2 * (a - 5)], { condition: 'wolfe', c2: 0.1 }, 1)
  // 5 from 4 and 8: the cubic is the parabola itself.
  expect(steps).toEqual([1, 2, 4, 8].concat(steps.slice(4)))
  expect(
    stepsOf((a) => [(a - 5) ** 2, 2 * (a - 5)], { condition: 'wolfe', grow: 3, c2: 0.01 }, 1).slice(0, 3),
  ).toEqual([1, 3, 9])
})

test('strong-wolfe shortens a step whose slope rises too steeply, wolfe and armijo take it', () => {
  expect(stepsOf(parabola, { condition: 'wolfe', c2: 0.1 }, 1.9)).toEqual([1.9])
  expect(stepsOf(parabola, {}, 1.9)).toEqual([1.9])
  const steps = stepsOf(parabola, { condition: 'strong-wolfe', c2: 0.1 }, 1.9)
  expect(steps.length).toBe(2)
  expect(steps[1]).toBeCloseTo(1, 12)
})

test("a promised change takes the place of step phi'(0)", () => {
  const search = backtracking({ c1: 0.5 })
  search.start(0, -1, 1, 10)
  // Not enough along the straight line: -0.3 > 0.5 * -1.
  expect(search.tell(-0.3, -1)).toBe('continue')
  search.start(0, -1, 1, 10)
  // Enough for a trial that was promised half of it: -0.3 <= 0.5 * -0.5.
  expect(search.tell(-0.3, -1, -0.5)).toBe('accepted')
  search.start(0, -1, 1, 10)
  // Its parabola has the minimum at .5 / (2 (-0.2 + .5)) = .83 of the step, more than half.
  expect(search.tell(-0.2, -1, -0.5)).toBe('continue')
  expect(search.step).toBe(0.5)
  search.start(0, -1, 1, 10)
  expect(search.tell(0.5, -1, -0.5)).toBe('continue')
  expect(search.step).toBe(0.25)
  search.start(0, -1, 1, 10)
  expect(search.tell(-1, -1, Number.NaN)).toBe('continue')
  expect(search.step).toBe(0.25)
})
