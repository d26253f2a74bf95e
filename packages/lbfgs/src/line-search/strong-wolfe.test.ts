import { expect, test } from 'vitest'
import {
  barrierFunctions,
  type Found,
  moreThuenteFunctions,
  type Phi,
  searchAlong,
  smoothFunctions,
} from './search-along.suite.ts'
import { strongWolfe } from './strong-wolfe.ts'

interface Point {
  readonly step: number
  readonly value: number
  readonly slope: number
}

/**
 * Nocedal & Wright 2006, algorithms 3.5 and 3.6, as they stand there: a loop and a loop. The open choices are those of
 * strongWolfe. Answers with all steps that it tried.
 */
const textbook = (phi: Phi, c1: number, c2: number, firstStep: number): number[] => {
  const steps: number[] = []
  const at = (step: number): Point => {
    const [value, slope] = phi(step)
    return { step, value, slope }
  }
  const evaluate = (step: number): Point => {
    steps.push(step)
    if (steps.length > 600) throw new Error('the textbook does not end')
    return at(step)
  }
  const zero = at(0)
  const tooHigh = (point: Point) => point.value > zero.value + c1 * point.step * zero.slope
  const flat = (point: Point) => Math.abs(point.slope) <= -c2 * zero.slope

  const zoom = (from: Point, to: Point): number[] => {
    let low = from
    let high = to
    const widths: number[] = []
    for (;;) {
      const width = Math.abs(high.step - low.step)
      widths.unshift(width)
      const cubic = minimiser(low, high)
      const slow = widths.length > 2 && width > 0.66 * widths[2]
      const [left, right] = [Math.min(low.step, high.step), Math.max(low.step, high.step)]
      const middle = low.step + 0.5 * (high.step - low.step)
      const kept = Math.max(left + 0.1 * width, Math.min(right - 0.1 * width, cubic))
      const point = evaluate(slow || Number.isNaN(cubic) ? middle : kept)
      if (tooHigh(point) || (low.step > 0 && point.value >= low.value)) {
        high = point
        continue
      }
      if (flat(point)) return steps
      if (point.slope * (high.step - low.step) >= 0) high = low
      low = point
    }
  }

  let previous = zero
  let point = evaluate(firstStep)
  for (;;) {
    if (tooHigh(point) || (previous.step > 0 && point.value >= previous.value)) return zoom(previous, point)
    if (flat(point)) return steps
    if (point.slope >= 0) return zoom(point, previous)
    const moved = point.step - previous.step
    const cubic = minimiser(previous, point)
    const next =
      cubic > point.step
        ? Math.max(point.step + moved, Math.min(point.step + 4 * moved, cubic))
        : point.step + 4 * moved
    previous = point
    point = evaluate(next)
  }
}

/** (3.59). */
const minimiser = (a: Point, b: Point): number => {
  const d1 = a.slope + b.slope - (3 * (a.value - b.value)) / (a.step - b.step)
  const d2 = Math.sign(b.step - a.step) * Math.sqrt(d1 ** 2 - a.slope * b.slope)
  return b.step - (b.step - a.step) * ((b.slope + d2 - d1) / (b.slope - a.slope + 2 * d2))
}

/** Where no trial overflows, of which the textbook knows nothing. */
const tame = ({ trials }: Found): boolean => trials.every((trial) => Number.isFinite(trial.value))

/** Of function 2 of More and Thuente, |phi'(0)| is 5e-7 and phi -2.6: near its minimum values compare as rounding has it. */
const withoutSecond = moreThuenteFunctions.filter(({ name }) => name !== 'More-Thuente 2')

test.each([...withoutSecond, ...smoothFunctions])(
  'tries the steps of the textbook to 1e-6 along $name',
  ({ phi }) => {
    for (const step of [1e-3, 0.1, 1, 10, 1e3]) {
      for (const c2 of [0.9, 0.1]) {
        const found = searchAlong(strongWolfe({ c1: 1e-4, c2, maxTrials: 100 }), phi, { step })
        expect(found.outcome).toBe('accepted')
        if (!tame(found)) continue
        const expected = textbook(phi, 1e-4, c2, step)
        expect(found.trials.length).toBe(expected.length)
        for (const [index, trial] of found.trials.entries()) {
          expect(Math.abs(trial.step - expected[index])).toBeLessThanOrEqual(1e-6 * expected[index])
        }
      }
    }
  },
)

test('a rejected trial changes nothing about the steps below it', () => {
  for (const { phi } of barrierFunctions) {
    const whole = searchAlong(strongWolfe(), phi, { step: 1000 })
    const finite = whole.trials.findIndex(
      (trial) => Number.isFinite(trial.value) && Number.isFinite(trial.slope),
    )
    const accepted = searchAlong(strongWolfe(), phi, { step: whole.trials[finite].step })
    expect(accepted.trials[0]).toEqual(whole.trials[finite])
  }
})

test('a first step no lower than phi(0) for rounding alone is not too high', () => {
  const search = strongWolfe()
  search.start(1, -1e-20, 1, 100)
  expect(search.tell(1, -1e-20)).toBe('continue')
  expect(search.step).toBeGreaterThan(1)
})
