import fc from 'fast-check'
import type { LineSearch, LineSearchOutcome } from './line-search.ts'

/** phi: a -> phi(a) and phi'(a). */
export type Phi = (a: number) => readonly [value: number, slope: number]

export interface Trial {
  readonly step: number
  readonly value: number
  readonly slope: number
}

export interface Found {
  readonly outcome: LineSearchOutcome
  readonly step: number
  readonly start: Trial
  readonly trials: readonly Trial[]
}

/** More trials than any search of the tests may take: one that goes on is stuck. */
const endless = 2000

/** Runs a search to its end. `each` is called before every `tell`. */
export const searchAlong = (
  search: LineSearch,
  phi: Phi,
  {
    step = 1,
    stepMax = Number.POSITIVE_INFINITY,
  }: { readonly step?: number; readonly stepMax?: number } = {},
  each?: (search: LineSearch) => void,
): Found => {
  const [startValue, startSlope] = phi(0)
  const trials: Trial[] = []
  search.start(startValue, startSlope, step, stepMax)
  let outcome: LineSearchOutcome = 'continue'
  while (outcome === 'continue') {
    if (trials.length === endless) throw new Error(`no end after ${endless} trials, at step ${search.step}`)
    const [value, slope] = phi(search.step)
    trials.push({ step: search.step, value, slope })
    each?.(search)
    outcome = search.tell(value, slope)
  }
  return { outcome, step: search.step, start: { step: 0, value: startValue, slope: startSlope }, trials }
}

export interface NamedPhi {
  readonly name: string
  readonly phi: Phi
}

const third: Phi = (a) => {
  const beta = 0.01
  const wave = (39 * Math.PI) / 2
  const ripple = ((1 - beta) / wave) * Math.sin(wave * a)
  const slope = (1 - beta) * Math.cos(wave * a)
  if (a <= 1 - beta) return [1 - a + ripple, slope - 1]
  if (a >= 1 + beta) return [a - 1 + ripple, slope + 1]
  return [(a - 1) ** 2 / (2 * beta) + beta / 2 + ripple, (a - 1) / beta + slope]
}

const yanai = (beta1: number, beta2: number): Phi => {
  const gamma1 = Math.sqrt(1 + beta1 ** 2) - beta1
  const gamma2 = Math.sqrt(1 + beta2 ** 2) - beta2
  return (a) => {
    const right = Math.sqrt((1 - a) ** 2 + beta2 ** 2)
    const left = Math.sqrt(a ** 2 + beta1 ** 2)
    return [gamma1 * right + gamma2 * left, (gamma2 * a) / left - (gamma1 * (1 - a)) / right]
  }
}

/** Functions 1-6 of More & Thuente 1994, section 5. */
export const moreThuenteFunctions: readonly NamedPhi[] = [
  { name: 'More-Thuente 1', phi: (a) => [-a / (a ** 2 + 2), (a ** 2 - 2) / (a ** 2 + 2) ** 2] },
  {
    name: 'More-Thuente 2',
    phi: (a) => [(a + 0.004) ** 5 - 2 * (a + 0.004) ** 4, 5 * (a + 0.004) ** 4 - 8 * (a + 0.004) ** 3],
  },
  { name: 'More-Thuente 3', phi: third },
  { name: 'More-Thuente 4', phi: yanai(0.001, 0.001) },
  { name: 'More-Thuente 5', phi: yanai(0.01, 0.001) },
  { name: 'More-Thuente 6', phi: yanai(0.001, 0.01) },
]

/** Smooth functions that fall at 0 and end by rising. */
export const smoothFunctions: readonly NamedPhi[] = [
  { name: '(a - 1)^2', phi: (a) => [(a - 1) ** 2, 2 * (a - 1)] },
  { name: '(a - 1e-3)^2', phi: (a) => [(a - 1e-3) ** 2, 2 * (a - 1e-3)] },
  { name: '(a - 1e3)^2', phi: (a) => [(a - 1e3) ** 2, 2 * (a - 1e3)] },
  { name: '(a - 2)^4', phi: (a) => [(a - 2) ** 4, 4 * (a - 2) ** 3] },
  { name: '(a - 1)^10', phi: (a) => [(a - 1) ** 10, 10 * (a - 1) ** 9] },
  { name: 'a^4 - 3 a^2 - a', phi: (a) => [a ** 4 - 3 * a * a - a, 4 * a ** 3 - 6 * a - 1] },
  { name: 'e^a - 5 a', phi: (a) => [Math.exp(a) - 5 * a, Math.exp(a) - 5] },
  { name: 'a^2 - 4 sin 3 a', phi: (a) => [a * a - 4 * Math.sin(3 * a), 2 * a - 12 * Math.cos(3 * a)] },
  {
    name: 'a^2 / 100 - sin 20 a',
    phi: (a) => [(a * a) / 100 - Math.sin(20 * a), a / 50 - 20 * Math.cos(20 * a)],
  },
  { name: 'sqrt(1 + (a - 3)^2)', phi: (a) => [Math.hypot(1, a - 3), (a - 3) / Math.hypot(1, a - 3)] },
  { name: 'log(1 + (a - 2)^2)', phi: (a) => [Math.log1p((a - 2) ** 2), (2 * (a - 2)) / (1 + (a - 2) ** 2)] },
  { name: '-a e^-a', phi: (a) => [-a * Math.exp(-a), (a - 1) * Math.exp(-a)] },
  { name: '1e6 + (a - 1)^2', phi: (a) => [1e6 + (a - 1) ** 2, 2 * (a - 1)] },
  { name: 'Rosenbrock along (1, -2)', phi: rosenbrockAlong(-1.2, 1, 1, -2) },
  { name: 'Rosenbrock along -gradient', phi: rosenbrockAlong(-1.2, 1, 215.6, 88) },
]

function rosenbrockAlong(x: number, y: number, dx: number, dy: number): Phi {
  return (a) => {
    const u = x + a * dx
    const v = y + a * dy
    const w = v - u * u
    return [100 * w * w + (1 - u) ** 2, (-400 * u * w - 2 * (1 - u)) * dx + 200 * w * dy]
  }
}

/** `inside` up to `end`, `outside` from there on. */
const walled = (end: number, inside: Phi, outside: readonly [number, number]): Phi => {
  return (a) => (a < end ? inside(a) : outside)
}

const barrier = (end: number, weight: number): Phi => {
  return (a) => [-a - weight * Math.log(end - a), -1 + weight / (end - a)]
}

const nan = [Number.NaN, Number.NaN] as const
const infinite = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY] as const

/** Functions defined up to a point, which have an acceptable step before it. */
export const barrierFunctions: readonly NamedPhi[] = [
  { name: 'log barrier at 0.5, NaN beyond', phi: walled(0.5, barrier(0.5, 0.1), nan) },
  { name: 'log barrier at 0.5, Infinity beyond', phi: walled(0.5, barrier(0.5, 0.1), infinite) },
  { name: 'log barrier at 1e-4, NaN beyond', phi: walled(1e-4, barrier(1e-4, 1e-5), nan) },
  { name: 'thin log barrier at 3, Infinity beyond', phi: walled(3, barrier(3, 1e-3), infinite) },
  { name: 'log barrier at 20, NaN beyond', phi: walled(20, barrier(20, 2), nan) },
  {
    name: 'log barrier at 2, -Infinity beyond',
    phi: walled(2, barrier(2, 0.3), [Number.NEGATIVE_INFINITY, 0]),
  },
  { name: 'log barrier at 2, a NaN slope beyond', phi: walled(2, barrier(2, 0.3), [-9, Number.NaN]) },
  {
    name: '1 / (2 - a) - 2 a, NaN from 2',
    phi: walled(2, (a) => [1 / (2 - a) - 2 * a, 1 / (2 - a) ** 2 - 2], nan),
  },
  {
    name: 'e^(50 a) - 1e3 a, overflowing',
    phi: (a) => [Math.exp(50 * a) - 1e3 * a, 50 * Math.exp(50 * a) - 1e3],
  },
  { name: '(a - 1)^2, NaN from 1.5', phi: walled(1.5, (a) => [(a - 1) ** 2, 2 * (a - 1)], nan) },
  {
    name: '-sqrt(1 - a) - 3 a, NaN from 1',
    phi: walled(1, (a) => [-Math.sqrt(1 - a) - 3 * a + 4 * a * a, 0.5 / Math.sqrt(1 - a) - 3 + 8 * a], nan),
  },
]

/** A parabola or a line under three waves and two spikes, often NaN from some point on. */
export const randomPhi = fc
  .record({
    constant: fc.double({ min: -100, max: 100, noNaN: true }),
    slope: fc.double({ min: -10, max: 1, noNaN: true }),
    curvature: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 100, noNaN: true })),
    waves: fc.array(wave(), { maxLength: 3 }),
    spikes: fc.array(wave(), { maxLength: 2 }),
  })
  .map(
    ({ constant, slope, curvature, waves, spikes }): Phi =>
      (a) => {
        let value = constant + slope * a + (curvature / 2) * a * a
        let derivative = slope + curvature * a
        for (const { height, rate, place } of waves) {
          value += height * Math.sin(rate * (a - place))
          derivative += height * rate * Math.cos(rate * (a - place))
        }
        for (const { height, rate, place } of spikes) {
          const distance = Math.hypot(rate * (a - place), 0.01)
          value += height * distance
          derivative += (height * rate * rate * (a - place)) / distance
        }
        return [value, derivative]
      },
  )

function wave() {
  return fc.record({
    height: fc.double({ min: -2, max: 2, noNaN: true }),
    rate: fc.double({ min: 0.1, max: 30, noNaN: true }),
    place: fc.double({ min: 0, max: 5, noNaN: true }),
  })
}
