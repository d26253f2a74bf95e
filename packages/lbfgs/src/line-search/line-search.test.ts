import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { createLineSearch, type LineSearchSpec } from './create-line-search.ts'
import type { LineSearch } from './line-search.ts'
import {
  barrierFunctions,
  type Found,
  moreThuenteFunctions,
  type Phi,
  randomPhi,
  searchAlong,
  smoothFunctions,
  type Trial,
} from './search-along.suite.ts'

const seed = 20_261_122

type Conditions = (trial: Trial, start: Trial) => boolean

const armijo =
  (c1: number): Conditions =>
  ({ step, value }, start) =>
    value <= start.value + c1 * step * start.slope
const wolfe =
  (c1: number, c2: number): Conditions =>
  (trial, start) =>
    armijo(c1)(trial, start) && trial.slope >= c2 * start.slope
const strong =
  (c1: number, c2: number): Conditions =>
  (trial, start) =>
    armijo(c1)(trial, start) && Math.abs(trial.slope) <= c2 * Math.abs(start.slope)
const hager =
  (delta: number, sigma: number, epsilon: number): Conditions =>
  (trial, start) =>
    wolfe(delta, sigma)(trial, start) ||
    (trial.slope >= sigma * start.slope &&
      trial.slope <= (2 * delta - 1) * start.slope &&
      trial.value <= start.value + epsilon * Math.abs(start.value))

interface Row {
  readonly spec: LineSearchSpec
  readonly maxTrials: number
  readonly satisfied: Conditions
}

const rows: readonly Row[] = [
  { spec: { name: 'more-thuente' }, maxTrials: 20, satisfied: strong(0.2, 0.9) },
  {
    spec: { name: 'more-thuente', c1: 0.1, c2: 0.1, maxTrials: 60 },
    maxTrials: 60,
    satisfied: strong(0.1, 0.1),
  },
  { spec: { name: 'hager-zhang' }, maxTrials: 50, satisfied: hager(0.1, 0.9, 1e-6) },
  {
    spec: { name: 'hager-zhang', delta: 0.01, sigma: 0.1, epsilon: 0, theta: 0.4, gamma: 0.5, rho: 2 },
    maxTrials: 50,
    satisfied: hager(0.01, 0.1, 0),
  },
  { spec: { name: 'strong-wolfe' }, maxTrials: 20, satisfied: strong(0.2, 0.9) },
  { spec: { name: 'strong-wolfe', c2: 0.1, maxTrials: 60 }, maxTrials: 60, satisfied: strong(0.1, 0.1) },
  { spec: { name: 'backtracking' }, maxTrials: 40, satisfied: armijo(1e-4) },
  { spec: { name: 'backtracking', condition: 'wolfe' }, maxTrials: 40, satisfied: wolfe(1e-4, 0.9) },
  {
    spec: { name: 'backtracking', condition: 'strong-wolfe', c2: 0.1 },
    maxTrials: 40,
    satisfied: strong(1e-4, 0.1),
  },
]

/** What holds of every search, however odd the function. */
const checkLaws = ({ maxTrials, satisfied }: Row, found: Found, stepMax: number): void => {
  const { outcome, step, start, trials } = found
  expect(trials.length).toBeLessThanOrEqual(maxTrials)
  let wall = Number.POSITIVE_INFINITY
  let best = start
  let finiteTrials = 0
  for (const trial of trials) {
    expect(trial.step).toBeGreaterThan(0)
    expect(trial.step).toBeLessThanOrEqual(stepMax)
    expect(trial.step).toBeLessThan(wall)
    if (!Number.isFinite(trial.value) || !Number.isFinite(trial.slope)) wall = trial.step
    else {
      finiteTrials++
      if (trial.value < best.value) best = trial
    }
  }
  expect(new Set(trials.map((trial) => trial.step)).size).toBe(trials.length)
  const last = trials[trials.length - 1]
  expect(outcome === 'non-finite').toBe(finiteTrials === 0)
  if (outcome === 'accepted') {
    expect(step).toBe(last.step)
    expect(satisfied(last, start)).toBe(true)
    return
  }
  for (const trial of trials) {
    if (Number.isFinite(trial.value) && Number.isFinite(trial.slope))
      expect(satisfied(trial, start)).toBe(false)
  }
  if (outcome === 'trials') expect(trials.length).toBe(maxTrials)
  if (outcome === 'step-limit') {
    expect(step).toBe(stepMax)
    expect(last.step).toBe(stepMax)
    expect(last.slope).toBeLessThan(0)
    expect(armijo(1e-4)(last, start)).toBe(true)
  } else expect(step).toBe(best.step)
}

const firstSteps = [1e-3, 0.1, 1, 10, 1e3]

const title = ({ spec }: Row): string => JSON.stringify(spec)

describe.each(rows.map((row) => [title(row), row] as const))('%s', (_, row) => {
  const create = (): LineSearch => createLineSearch(row.spec)

  it.each([...moreThuenteFunctions, ...smoothFunctions, ...barrierFunctions])(
    'accepts a step along $name from each first step',
    ({ phi }) => {
      for (const step of firstSteps) {
        const found = searchAlong(create(), phi, { step })
        checkLaws(row, found, Number.POSITIVE_INFINITY)
        expect(found.outcome, `first step ${step}`).toBe('accepted')
      }
    },
  )

  it('keeps the laws along random smooth functions, in f64 and with values rounded to f32', () => {
    fc.assert(
      fc.property(
        randomPhi,
        fc.boolean(),
        firstStep,
        fc.constantFrom(1, 4, 1e10),
        (phi, single, step, room) => {
          const seen: Phi = (a) => {
            const [value, slope] = phi(a)
            return single ? [Math.fround(value), Math.fround(slope)] : [value, slope]
          }
          if (!(seen(0)[1] < 0)) return
          checkLaws(row, searchAlong(create(), seen, { step, stepMax: step * room }), step * room)
        },
      ),
      { seed, numRuns: 300 },
    )
  })

  it('keeps the laws whatever it is told', () => {
    const answer = fc.tuple(number, number)
    fc.assert(
      fc.property(
        fc.tuple(
          fc.double({ noNaN: true, noDefaultInfinity: true }),
          fc.double({ min: -1e300, max: -1e-300, noNaN: true }),
        ),
        fc.array(answer, { minLength: 1, maxLength: 60 }),
        firstStep,
        fc.constantFrom(1, 4, 1e10, Number.POSITIVE_INFINITY),
        (start, answers, step, room) => {
          let trial = 0
          const told: Phi = (a) => (a === 0 ? start : answers[trial++ % answers.length])
          checkLaws(row, searchAlong(create(), told, { step, stepMax: step * room }), step * room)
        },
      ),
      { seed, numRuns: 1000 },
    )
  })

  it('never exceeds its trials', () => {
    for (const maxTrials of [1, 2, 3, 5]) {
      const limited = { ...row, maxTrials }
      const spec = { ...row.spec, maxTrials }
      for (const { phi } of [...moreThuenteFunctions, ...barrierFunctions]) {
        for (const step of firstSteps) {
          checkLaws(limited, searchAlong(createLineSearch(spec), phi, { step }), Number.POSITIVE_INFINITY)
        }
      }
    }
  })

  it('says so when every trial is not finite, and stops', () => {
    for (const outside of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      const found = searchAlong(create(), (a) => (a === 0 ? [1, -1] : [outside, outside]))
      expect(found).toMatchObject({ outcome: 'non-finite', step: 0 })
      checkLaws(row, found, Number.POSITIVE_INFINITY)
      for (const [index, { step }] of found.trials.entries()) expect(step).toBe(0.25 ** index)
    }
  })

  it('stops below a hole beyond which the function is finite again', () => {
    const holed: Phi = (a) => (a > 0.2 && a < 0.9 ? [Number.NaN, Number.NaN] : [(a - 5) ** 2, 2 * (a - 5)])
    for (const step of firstSteps) {
      checkLaws(row, searchAlong(create(), holed, { step }), Number.POSITIVE_INFINITY)
    }
  })

  it('goes on from a saved state bit for bit, at every trial', () => {
    for (const { phi } of [...moreThuenteFunctions, ...barrierFunctions]) {
      for (const step of firstSteps) {
        const whole = searchAlong(create(), phi, { step })
        for (let at = 0; at < whole.trials.length; at++) {
          const other = create()
          let trial = 0
          searchAlong(create(), phi, { step }, (search) => {
            if (trial++ === at) other.restore(structuredClone(search.save()))
          })
          for (const rest of whole.trials.slice(at)) {
            expect(other.step).toBe(rest.step)
            const outcome = other.tell(rest.value, rest.slope)
            expect(outcome).toBe(rest === whole.trials[whole.trials.length - 1] ? whole.outcome : 'continue')
          }
          expect(other.step).toBe(whole.step)
        }
      }
    }
  })

  it('a saved state does not change with the search', () => {
    const search = create()
    search.start(1, -1, 1, 10)
    const saved = search.save()
    const copy = structuredClone(saved)
    search.tell(2, 3)
    expect(saved).toEqual(copy)
  })

  it('keeps no memory of the last search', () => {
    const search = create()
    for (const { phi } of [...barrierFunctions, ...moreThuenteFunctions]) {
      expect(searchAlong(search, phi)).toEqual(searchAlong(create(), phi))
    }
  })

  it.each([-40, 40])('takes the same steps when phi is multiplied by 2^%i', (power) => {
    const factor = 2 ** power
    for (const { phi } of [...moreThuenteFunctions, ...smoothFunctions, ...barrierFunctions]) {
      for (const step of firstSteps) {
        const scaled: Phi = (a) => {
          const [value, slope] = phi(a)
          return [value * factor, slope * factor]
        }
        const steps = ({ trials, outcome }: Found) => [outcome, ...trials.map((trial) => trial.step)]
        expect(steps(searchAlong(create(), scaled, { step }))).toEqual(
          steps(searchAlong(create(), phi, { step })),
        )
      }
    }
  })

  it.each([-30, 30])('takes 2^%i times the steps when the axis is stretched by that', (power) => {
    const factor = 2 ** power
    for (const { phi } of [...moreThuenteFunctions, ...smoothFunctions, ...barrierFunctions]) {
      for (const step of firstSteps) {
        const stretched: Phi = (a) => {
          const [value, slope] = phi(a / factor)
          return [value, slope / factor]
        }
        const far = searchAlong(create(), stretched, { step: step * factor, stepMax: 1e6 * factor })
        const near = searchAlong(create(), phi, { step, stepMax: 1e6 })
        expect(far.outcome).toBe(near.outcome)
        expect(far.trials.map((trial) => trial.step / factor)).toEqual(near.trials.map((trial) => trial.step))
      }
    }
  })

  it('refuses a start that it cannot search from', () => {
    const search = create()
    expect(() => search.start(Number.NaN, -1, 1, 2)).toThrow(/value must be a number in \(-∞, ∞\), got NaN/)
    expect(() => search.start(0, 0, 1, 2)).toThrow(/slope must be a number in \(-∞, 0\), got 0/)
    expect(() => search.start(0, -1, 0, 2)).toThrow(/step must be a number in \(0, 2\], got 0/)
    expect(() => search.start(0, -1, 3, 2)).toThrow(/step must be a number in \(0, 2\], got 3/)
    expect(() => search.start(0, -1, 3, Number.NaN)).toThrow(/stepMax must be a number in \(0, ∞\], got NaN/)
  })

  it('has its name, and copies that know nothing of what it is doing', () => {
    const search = create()
    expect(search.name).toBe(row.spec.name)
    search.start(1, -1, 1, 10)
    search.tell(5, 3)
    const { step } = search
    const copy = search.copy?.() ?? search
    expect(copy.save()).toEqual(create().save())
    for (const { phi } of moreThuenteFunctions) {
      expect(searchAlong(copy, phi, { step: 0.1 })).toEqual(searchAlong(create(), phi, { step: 0.1 }))
    }
    expect(search.step).toBe(step)
  })

  it('refuses a state that lacks a field, and is left as it was', () => {
    const search = create()
    search.start(1, -1, 1, 10)
    const { trials: _, ...rest } = search.save()
    expect(() => search.restore(rest)).toThrow(/restore: trials must be a number, got undefined/)
    expect(search.step).toBe(1)
  })
})

describe.each([
  { name: 'more-thuente' },
  { name: 'hager-zhang' },
  { name: 'strong-wolfe' },
  { name: 'backtracking', condition: 'strong-wolfe' },
] as const)('$name', (spec) => {
  const nan = [Number.NaN, Number.NaN] as const

  it('ends at the largest step where the function still falls', () => {
    for (const stepMax of [1, 3, 1000]) {
      const found = searchAlong(createLineSearch(spec), (a) => [-a, -1], { step: 1, stepMax })
      expect(found).toMatchObject({ outcome: 'step-limit', step: stepMax })
    }
  })

  it('goes up to the last number before a wall where the function falls up to it', () => {
    for (const wall of [1, 1 / 3, 77.7]) {
      const phi: Phi = (a) => (a < wall ? [-a, -1] : nan)
      const short = searchAlong(createLineSearch(spec), phi)
      expect(short.step).toBeGreaterThan(0.99 * wall)
      const long = searchAlong(createLineSearch({ ...spec, maxTrials: 200 }), phi)
      expect(long.outcome).toBe('rounding')
      expect(wall - long.step).toBeLessThanOrEqual(2 ** -52 * wall)
      expect(new Set(long.trials.map((trial) => trial.step)).size).toBe(long.trials.length)
    }
  })

  it.each([
    ['too high', [5, 3]],
    ['lower, and rising', [-0.05, 1]],
  ] as const)('searches below a hole that it finds after a step beyond it, which was %s', (_, beyond) => {
    const holed: Phi = (a) => (a < 0.01 ? [-a, -1] : a < 0.95 ? nan : beyond)
    const { trials } = searchAlong(createLineSearch({ ...spec, maxTrials: 40 }), holed)
    expect(trials[0].step).toBe(1)
    expect(trials[1].value).toBeNaN()
    const below = trials.filter((trial) => trial.step < 0.01)
    expect(Math.max(...below.map((trial) => trial.step))).toBeGreaterThan(0.00999)
  })
})

test('names without a search are answered with those that have one', () => {
  const spec = { name: 'newton' } as unknown as LineSearchSpec
  expect(() => createLineSearch(spec)).toThrow(
    'createLineSearch: name must be one of more-thuente, hager-zhang, strong-wolfe, backtracking, got newton',
  )
})

test.each([
  [{ name: 'more-thuente', c1: 0 }, 'moreThuente: c1 must be a number in (0, 1), got 0'],
  [{ name: 'more-thuente', c1: 0.2, c2: 0.1 }, 'moreThuente: c2 must be a number in [0.2, 1), got 0.1'],
  [{ name: 'more-thuente', xtol: 1 }, 'moreThuente: xtol must be a number in [0, 1), got 1'],
  [{ name: 'more-thuente', stepMin: -1 }, 'moreThuente: stepMin must be a number in [0, ∞), got -1'],
  [{ name: 'more-thuente', maxTrials: 0 }, 'moreThuente: maxTrials must be a whole number in [1, ∞), got 0'],
  [{ name: 'hager-zhang', delta: 0.5 }, 'hagerZhang: delta must be a number in (0, 0.5), got 0.5'],
  [{ name: 'hager-zhang', sigma: 0.01 }, 'hagerZhang: sigma must be a number in [0.1, 1), got 0.01'],
  [{ name: 'hager-zhang', epsilon: Number.NaN }, 'hagerZhang: epsilon must be a number in [0, 1), got NaN'],
  [{ name: 'hager-zhang', theta: 1 }, 'hagerZhang: theta must be a number in (0, 1), got 1'],
  [{ name: 'hager-zhang', gamma: 0 }, 'hagerZhang: gamma must be a number in (0, 1), got 0'],
  [{ name: 'hager-zhang', rho: 1 }, 'hagerZhang: rho must be a number in (1, ∞), got 1'],
  [{ name: 'strong-wolfe', c2: 1 }, 'strongWolfe: c2 must be a number in [0.2, 1), got 1'],
  [
    { name: 'strong-wolfe', maxTrials: 1.5 },
    'strongWolfe: maxTrials must be a whole number in [1, ∞), got 1.5',
  ],
  [{ name: 'backtracking', shrink: 0.1 }, 'backtracking: shrink must be a number in (0.1, 1), got 0.1'],
  [{ name: 'backtracking', grow: 1 }, 'backtracking: grow must be a number in (1, ∞), got 1'],
  [
    { name: 'backtracking', condition: 'goldstein' },
    'backtracking: condition must be one of armijo, wolfe, strong-wolfe, got goldstein',
  ],
])('refuses %j', (spec, message) => {
  const create = () => createLineSearch(spec as LineSearchSpec)
  expect(create).toThrow(RangeError)
  expect(create).toThrow(message)
})

const number = fc.oneof(
  fc.double(),
  fc.double({ min: -10, max: 10, noNaN: true }),
  fc.constantFrom(Number.NaN, 0, -1e-320, 1e308),
)
const firstStep = fc.integer({ min: -40, max: 40 }).map((power) => 1.3 ** power)
