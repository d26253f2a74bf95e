import type { Point } from './point.ts'
import type { VectorSpace } from './vector-space.ts'

/**
 * The points a minimiser remembers. They change roles by changing places: no vector is copied.
 *
 * - `current`: the last accepted one
 * - `trial`: the one being evaluated
 * - `best`: the lowest trial of this search; its step is 0 while none is lower than the current point
 * - `record`: the lowest one before this search, where it is lower than the current one (a search may accept a rise
 *   within rounding, or pass over its lowest trial); else its f is Infinity
 */
export interface Points<V> {
  readonly current: Point<V>
  readonly trial: Point<V>
  readonly best: Point<V>
  /** The lowest point of all. */
  readonly lowest: Point<V>
  /** The evaluated start becomes the current point. */
  begin(): void
  /** A search begins: no trial is lower than the current point yet. */
  forgetBest(): void
  /** Trial and best change places: the trial is the best now, or the best is to be accepted. */
  swapBest(): void
  /** The trial becomes the current point. */
  accept(): void
  save(): PointsNumbers
  restore(numbers: PointsNumbers): void
  /** Those that are needed to go on: what is not known is left out, and of the trial all but a start, as it is made anew. */
  vectors(atStart: boolean): Record<string, V>
}

export type PointsNumbers = Readonly<Record<Role, PointNumbers>>

type Role = 'current' | 'trial' | 'best' | 'record'

type PointNumbers = Readonly<Record<'f' | 'gradientNorm' | 'step' | 'slope', number>>

const roles: readonly Role[] = ['current', 'trial', 'best', 'record']

export function createPoints<V>(space: VectorSpace<V>): Points<V> {
  const points = {
    current: createPoint(space),
    trial: createPoint(space),
    best: createPoint(space),
    record: createPoint(space),
  }
  points.record.f = Infinity

  function swap(one: Role, other: Role): void {
    const was = points[one]
    points[one] = points[other]
    points[other] = was
  }

  return {
    get current() {
      return points.current
    },
    get trial() {
      return points.trial
    },
    get best() {
      return points.best
    },
    get lowest() {
      const { current, best, record } = points
      const known = record.f < current.f ? record : current
      return best.step > 0 && best.f < known.f ? best : known
    },
    begin: () => swap('current', 'trial'),
    forgetBest() {
      const { best, current, record } = points
      // A search that failed is repeated from the same point: what it found stays the lowest.
      if (best.step > 0 && best.f < current.f && best.f < record.f) swap('record', 'best')
      points.best.f = points.current.f
      points.best.step = 0
    },
    swapBest: () => swap('best', 'trial'),
    accept() {
      const { current, trial, best } = points
      if (trial.f > current.f && current.f < points.record.f) swap('record', 'current')
      if (best.step > 0 && trial.f > best.f && best.f < points.record.f) swap('record', 'best')
      swap('current', 'trial')
      if (points.current.f <= points.record.f) points.record.f = Infinity
    },
    save: () => ({
      current: numbersOf(points.current),
      trial: numbersOf(points.trial),
      best: numbersOf(points.best),
      record: numbersOf(points.record),
    }),
    restore(numbers) {
      for (const role of roles) Object.assign(points[role], numbers[role])
    },
    vectors(atStart) {
      const { best, record } = points
      const needed = {
        current: !atStart,
        trial: atStart,
        best: best.step > 0,
        record: record.f < Infinity,
      }
      const kept = roles.filter((role) => needed[role])
      return Object.fromEntries(
        kept.flatMap((role) => [
          [`${role}.x`, points[role].x],
          [`${role}.gradient`, points[role].gradient],
        ]),
      )
    },
  }
}

function createPoint<V>(space: VectorSpace<V>): Point<V> {
  const unknown = Number.NaN
  return { x: space.create(), gradient: space.create(), f: unknown, gradientNorm: unknown, step: 0, slope: 0 }
}

function numbersOf<V>({ f, gradientNorm, step, slope }: Point<V>): PointNumbers {
  return { f, gradientNorm, step, slope }
}
