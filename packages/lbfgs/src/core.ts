import type { Geometry } from './geometry.ts'
import { createHistory, type HistoryNumbers } from './history.ts'
import type { LineSearch, LineSearchOutcome, LineSearchState } from './line-search/line-search.ts'
import type { Point } from './point.ts'
import type { Status } from './status.ts'
import type { Reply, VectorSpace } from './vector-space.ts'

export interface CoreOptions<V> {
  readonly space: VectorSpace<V>
  readonly geometry: Geometry<V>
  readonly lineSearch: LineSearch
  readonly memory: number
  readonly tolerance: Tolerance
  readonly maxIterations: number
  readonly maxEvaluations: number
  /** Powell's damping keeps s'y at least this part of s'Bs; 0: no damping. */
  readonly damping: number
}

/** Each is at least 0, and 0 turns its test off but for `gradient`. */
export interface Tolerance {
  readonly gradient: number
  readonly f: number
  readonly x: number
}

/**
 * The minimiser as reverse communication: it asks for f and its gradient at `trial.x`, and is told.
 *
 *   evaluate -> measure -> line search -> (accepted) pair -> direction -> line search -> ...
 *
 * What waits for a number that comes from vectors is a stage of its own: the same text runs where replies are there at
 * once and where they come later. Between two evaluations nothing is allocated.
 */
export interface Core<V> {
  readonly status: Status | 'running'
  readonly message: string
  readonly iterations: number
  readonly evaluations: number
  /** Where to evaluate next, and where the gradient goes. */
  readonly trial: Point<V>
  /** The last accepted point. */
  readonly current: Point<V>
  /** The current point where a test of convergence holds, else the lowest point that was evaluated. */
  readonly result: Point<V>
  /** Takes f (its smooth part) at `trial.x`; the gradient has been written to `trial.gradient`. */
  tell(f: number): Reply
  /** Ends it, if it has not ended. */
  end(status: Status, message: string): void
  /** All numbers; `vectors` names the vectors to be saved beside them. */
  save(): CoreNumbers
  /** Takes the numbers; `vectors` then names those to be filled, and `resume` goes on from there. */
  restore(numbers: CoreNumbers): void
  /** What had ended is running again, under the limits and tolerances of now. */
  resume(): Reply
  /** Every vector whose content matters, by name. */
  vectors(): Record<string, V>
}

export interface CoreNumbers {
  readonly scalars: Scalars
  readonly points: Readonly<Record<'current' | 'trial' | 'best' | 'record', PointNumbers>>
  readonly history: HistoryNumbers
  readonly lineSearch: LineSearchState
}

type PointNumbers = Readonly<Record<'f' | 'gradientNorm' | 'step' | 'slope', number>>

type Stage =
  | 'ask'
  | 'told'
  | 'measured'
  | 'damped'
  | 'paired'
  | 'test'
  | 'direct'
  | 'directed'
  | 'sized'
  | 'compared'
  | 'search'
  | 'move'

interface Scalars {
  stage: Stage
  status: Status | 'running'
  message: string
  iterations: number
  evaluations: number
  /** Iterations without progress since the anchor. */
  idle: number
  anchorF: number
  anchorNorm: number
  /** The largest component of the last step, and of the direction; kept where `tolerance.x` asks for them. */
  moved: number
  reach: number
  /** The first trial step of this search. */
  firstStep: number
  /** Whether the direction uses no pair. */
  steepest: boolean
  /** How much longer the first steps are than natural. */
  growth: number
}

/** A decrease of this part of what the slope promises makes the best step of a failed search worth taking. */
const sufficient = 1e-4

/** A line along which f falls this many first steps far, and about as steeply at the end, has no minimum. */
const unboundedGrowth = 1e8
const stillSteep = 0.9

/** A gradient of this part of |f| is small enough for `converged-f`. */
const smallBeside = 1e-3

/** The first step grows by this where the last one met no curvature: a search that only shortens steps would crawl. */
const growthWithoutCurvature = 10

/** Iterations without progress after which f has converged if the model agrees, whatever it says, and is stuck. */
const idleAsPromised = 2
const idleWhatever = 10
const idleStuck = 20

export function createCore<V>(start: V, options: CoreOptions<V>): Core<V> {
  const { space, geometry, lineSearch, memory, tolerance, maxIterations, maxEvaluations, damping } = options
  const history = createHistory(space, memory, { all: geometry.allProducts })
  const direction = space.create()
  let current = createPoint(space)
  let trial = createPoint(space)
  /** The lowest trial of this search; its step is 0 while none is lower than the current point. */
  let best = createPoint(space)
  /** The lowest accepted point, where it is lower than the current one: a search may accept a rise within rounding. */
  let record = createPoint(space)
  record.f = Number.POSITIVE_INFINITY
  /** The part of f that may be rounding: f is a sum of many terms, so more than one roundoff. */
  const rounding = space.epsilon ** (2 / 3)
  space.copy(start, trial.x)
  geometry.enter(trial.x)

  let scalars: Scalars = {
    stage: 'ask',
    status: 'running',
    message: '',
    iterations: 0,
    evaluations: 0,
    idle: 0,
    anchorF: Number.POSITIVE_INFINITY,
    anchorNorm: Number.POSITIVE_INFINITY,
    moved: Number.POSITIVE_INFINITY,
    reach: 0,
    firstStep: 0,
    steepest: true,
    growth: 1,
  }
  /** What vectors answered: slope, largest component, penalty, promised change. */
  const out = new Float64Array(4)
  const pair: V[] = []
  const coefficients = new Float64Array(2)

  function difference(a: V, b: V, into: V): void {
    combine(1, a, -1, b, into)
  }

  function combine(p: number, a: V, q: number, b: V, into: V): void {
    coefficients[0] = p
    coefficients[1] = q
    pair[0] = a
    pair[1] = b
    space.combine(coefficients, pair, 2, into)
  }

  function run(): Reply {
    while (scalars.stage !== 'ask' && scalars.status === 'running') {
      const reply = advance()
      if (reply !== undefined) return reply.then(run)
    }
  }

  function advance(): Reply {
    switch (scalars.stage) {
      case 'told':
        return told()
      case 'measured':
        return measured()
      case 'damped':
        return damped()
      case 'paired':
        return paired()
      case 'test':
        return test()
      case 'direct':
        return direct()
      case 'directed':
        return directed()
      case 'sized':
        return sized()
      case 'compared':
        return compared()
      case 'search':
        return search()
      case 'move':
        return move()
    }
  }

  function told(): Reply {
    scalars.evaluations++
    scalars.stage = 'measured'
    out[2] = 0
    out[3] = trial.step * current.slope
    if (Number.isFinite(trial.f)) return geometry.measure(trial, direction, out)
    out[0] = Number.NaN
    out[1] = Number.NaN
  }

  function measured(): Reply {
    const f = trial.f + out[2]
    const finite = Number.isFinite(f) && Number.isFinite(out[0]) && Number.isFinite(out[1])
    trial.f = f
    trial.slope = out[0]
    trial.gradientNorm = out[1]
    if (scalars.evaluations === 1) return began(finite)
    if (f === Number.NEGATIVE_INFINITY) {
      swapBest()
      return end('unbounded', `f is -Infinity at step ${best.step} of iteration ${scalars.iterations + 1}`)
    }
    const outcome = finite
      ? lineSearch.tell(f, trial.slope, out[3])
      : lineSearch.tell(Number.NaN, Number.NaN, Number.NaN)
    const lower = finite && f < best.f
    if (lower) swapBest()
    if (outcome === 'accepted' || (finite && withinRounding(f, lower ? best.slope : trial.slope)))
      return accept(lower ? best : trial)
    if (outcome === 'continue') return ask(lineSearch.step)
    return failed(outcome)
  }

  /**
   * Where f changes by rounding alone its slope still tells: the approximate Wolfe conditions of Hager & Zhang 2005,
   * (2 delta - 1) phi'(0) >= phi'(a) >= sigma phi'(0), delta = .1, sigma = .9. They let any search finish.
   */
  function withinRounding(f: number, slope: number): boolean {
    return (
      Math.abs(f - current.f) <= rounding * Math.abs(current.f) &&
      slope <= -0.8 * current.slope &&
      slope >= 0.9 * current.slope
    )
  }

  function swapBest(): void {
    const was = best
    best = trial
    trial = was
  }

  function began(finite: boolean): void {
    const start = trial
    trial = current
    current = start
    if (!finite) {
      const what = Number.isFinite(current.f) ? 'the gradient' : 'f'
      end('non-finite-start', `${what} is not finite at the start: f = ${current.f}`)
      return
    }
    scalars.stage = 'test'
  }

  /** Ends at a stationary point, or where the iterations are used up. */
  function test(): void {
    scalars.stage = 'direct'
    const { iterations, evaluations } = scalars
    const reached = `after ${iterations} iterations, ${evaluations} evaluations`
    if (current.gradientNorm <= tolerance.gradient) {
      end('converged-gradient', `gradient norm ${current.gradientNorm} <= ${tolerance.gradient} ${reached}`)
    } else if (iterations >= maxIterations) {
      end('max-iterations', `${iterations} iterations done; gradient norm ${current.gradientNorm}`)
    }
  }

  function ask(step: number): void {
    trial.step = step
    scalars.stage = 'move'
  }

  function move(): void {
    if (scalars.evaluations >= maxEvaluations) {
      end('max-evaluations', `${maxEvaluations} evaluations done; gradient norm ${current.gradientNorm}`)
      return
    }
    geometry.move(current, direction, trial.step, trial)
    scalars.stage = 'ask'
  }

  /** Takes the best or the last trial as the next point, and measures the pair that leads to it. */
  function accept(point: Point<V>): Reply {
    if (point === best) swapBest()
    scalars.stage = 'damped'
    if (memory === 0) return
    difference(trial.x, current.x, history.s(history.count))
    difference(trial.gradient, current.gradient, history.y(history.count))
    return history.measure(trial.gradient)
  }

  /** Powell's damping: y <- theta y + (1 - theta) B s, where B s = -step g; Nocedal & Wright, procedure 18.2. */
  function damped(): Reply {
    scalars.stage = 'paired'
    if (damping === 0 || memory === 0) return
    const newest = history.count
    const sBs = -trial.step * trial.step * current.slope
    const sy = history.sy(newest, newest)
    if (sy >= damping * sBs) return
    const theta = ((1 - damping) * sBs) / (sBs - sy)
    const y = history.y(newest)
    combine(theta, y, -(1 - theta) * trial.step, current.gradient, y)
    return history.measure(trial.gradient)
  }

  function paired(): void {
    scalars.moved = trial.step * scalars.reach
    if (memory > 0) {
      const bends = curved(-trial.step * current.slope)
      if (bends) history.commit()
      // Elsewhere a line bends where it meets a bound or a kink, of which pairs know nothing.
      const steep = trial.step >= scalars.firstStep && trial.slope <= stillSteep * current.slope
      const straight = geometry.name === 'free' && steep
      scalars.growth = bends || !straight ? 1 : scalars.growth * growthWithoutCurvature
    }
    if (trial.f > current.f && current.f < record.f) {
      const was = record
      record = current
      current = was
    }
    const was = current
    current = trial
    trial = was
    if (current.f <= record.f) record.f = Number.POSITIVE_INFINITY
    scalars.iterations++
    scalars.stage = 'test'
  }

  /**
   * Whether the candidate may join the history: s'y > epsilon (-s'g), relative to the slope as in L-BFGS-B, so that
   * neither the scale of f nor that of x matters; and its products neither over- nor underflow.
   */
  function curved(promised: number): boolean {
    const newest = history.count
    const sy = history.sy(newest, newest)
    const yy = history.yy(newest, newest)
    return (
      sy > space.epsilon * promised && Number.isFinite(yy / sy) && sy / yy > 0 && Number.isFinite(sy / yy)
    )
  }

  function direct(): Reply {
    if (geometry.direct(current, history, direction) === 'reset') {
      history.clear()
      geometry.direct(current, history, direction)
    }
    scalars.steepest = history.count === 0
    scalars.stage = 'directed'
    return geometry.measure(current, direction, out)
  }

  function directed(): Reply {
    const slope = out[0]
    current.slope = slope
    if (!(slope < 0 && slope > Number.NEGATIVE_INFINITY)) {
      return retry(`the derivative along the steepest descent is ${slope}`)
    }
    if (settled()) return
    scalars.stage = 'search'
    if (tolerance.x === 0) return
    scalars.stage = 'sized'
    return space.measure(direction, direction, out)
  }

  /**
   * Whether f has settled: it has been idle, neither falling by more than the tolerance (or its rounding) nor halving the
   * gradient, for two iterations if the model promises no more than the tolerance, -g'd / 2, else for ten; and the
   * gradient is small beside f: the model of bad pairs promises little anywhere. Idle for longer than that it is stuck.
   */
  function settled(): boolean {
    const size = Math.abs(current.f)
    const least = tolerance.f * size
    const { anchorF, anchorNorm } = scalars
    const falls = anchorF - current.f > Math.max(least, rounding * size)
    if (falls || current.gradientNorm < anchorNorm / 2) {
      scalars.anchorF = Math.min(anchorF, current.f)
      scalars.anchorNorm = current.gradientNorm
      scalars.idle = 0
      return false
    }
    scalars.idle++
    const promised = -current.slope / 2
    const { idle } = scalars
    if (idle < (promised <= least && !scalars.steepest ? idleAsPromised : idleWhatever)) return false
    const numbers = `${idle} iterations moved f by rounding only; promised decrease ${promised}, tolerance ${least}`
    const norm = `gradient norm ${current.gradientNorm}`
    const small = Math.max(10 * tolerance.gradient, smallBeside * size)
    if (tolerance.f > 0 && current.gradientNorm <= small) end('converged-f', `${numbers}; ${norm}`)
    else if (idle >= idleStuck) end('line-search-failed', `${numbers}; ${norm}`)
    else return false
    return true
  }

  function sized(): Reply {
    scalars.reach = out[1]
    scalars.stage = 'compared'
    return space.measure(current.x, current.x, out)
  }

  function compared(): void {
    scalars.stage = 'search'
    const least = tolerance.x * out[1]
    const { moved, reach, steepest } = scalars
    if (steepest || moved > least || reach > least) return
    const numbers = `last step ${moved}, next full step ${reach}`
    end('converged-x', `${numbers}, both at most ${tolerance.x} |x|; gradient norm ${current.gradientNorm}`)
  }

  function search(): void {
    const largest = geometry.largestStep(current, direction)
    const { growth } = scalars
    if (growth > unboundedGrowth) {
      end('unbounded', `f falls without any curvature along steps that grew ${growth}-fold: ${current.f}`)
      return
    }
    const natural = scalars.steepest ? geometry.steepestStep(direction, current.slope) : 1
    scalars.firstStep = Math.min(natural * growth, largest)
    best.f = current.f
    best.step = 0
    lineSearch.start(current.f, current.slope, scalars.firstStep, largest)
    ask(lineSearch.step)
  }

  function failed(outcome: Exclude<LineSearchOutcome, 'continue' | 'accepted'>): Reply {
    const { slope } = current
    const far = best.step >= unboundedGrowth * scalars.firstStep && best.slope <= stillSteep * slope
    if (far && (outcome === 'trials' || outcome === 'step-limit')) {
      return end('unbounded', `f falls along a line at step ${best.step} as steeply as at 0: ${best.f}`)
    }
    if (best.step > 0 && best.f <= current.f + sufficient * best.step * slope) return accept(best)
    const tried = `best f along it ${best.f}, at step ${best.step}; slope ${slope}`
    retry(`no acceptable step along the steepest descent (${outcome}): ${tried}`)
  }

  /** Once more along the steepest descent, without the pairs; if that was it, the end. */
  function retry(message: string): void {
    if (scalars.steepest) end('line-search-failed', `${message}; gradient norm ${current.gradientNorm}`)
    else {
      history.clear()
      scalars.growth = 1
      scalars.stage = 'direct'
    }
  }

  function end(status: Status, message: string): void {
    if (scalars.status !== 'running') return
    scalars.status = status
    scalars.message = message
  }

  function lowest(): Point<V> {
    if (scalars.status.startsWith('converged')) return current
    const known = record.f < current.f ? record : current
    return best.step > 0 && best.f < known.f ? best : known
  }

  return {
    get status() {
      return scalars.status
    },
    get message() {
      return scalars.message
    },
    get iterations() {
      return scalars.iterations
    },
    get evaluations() {
      return scalars.evaluations
    },
    get trial() {
      return trial
    },
    get current() {
      return current
    },
    get result() {
      return scalars.evaluations === 0 ? trial : lowest()
    },
    tell(f) {
      if (scalars.status !== 'running') {
        throw new Error(`tell: it has ended with ${scalars.status}`)
      }
      trial.f = f
      scalars.stage = 'told'
      return run()
    },
    end,
    save: () => ({
      scalars: { ...scalars },
      points: {
        current: numbers(current),
        trial: numbers(trial),
        best: numbers(best),
        record: numbers(record),
      },
      history: history.save(),
      lineSearch: lineSearch.save(),
    }),
    restore(saved) {
      scalars = { ...saved.scalars }
      Object.assign(current, saved.points.current)
      Object.assign(trial, saved.points.trial)
      Object.assign(best, saved.points.best)
      Object.assign(record, saved.points.record)
      history.restore(saved.history)
      lineSearch.restore(saved.lineSearch)
    },
    resume() {
      const { status, stage, evaluations } = scalars
      if (evaluations > 0) geometry.resume(current, history, direction)
      if (status === 'running' || evaluations === 0) return
      scalars.status = 'running'
      scalars.message = ''
      // Where a limit ended it, it goes on from there; at any other end its tests are made again.
      if (stage !== 'ask' && stage !== 'move') scalars.stage = 'test'
      return run()
    },
    vectors: () => ({
      direction,
      ...named('current', current),
      ...named('trial', trial),
      ...named('best', best),
      ...named('record', record),
      ...Object.fromEntries(
        Array.from({ length: history.count }, (_, index) => [
          [`s${index}`, history.s(index)],
          [`y${index}`, history.y(index)],
        ]).flat(),
      ),
    }),
  }
}

function createPoint<V>(space: VectorSpace<V>): Point<V> {
  return {
    x: space.create(),
    gradient: space.create(),
    f: Number.NaN,
    gradientNorm: Number.NaN,
    step: 0,
    slope: 0,
  }
}

function numbers<V>({ f, gradientNorm, step, slope }: Point<V>): PointNumbers {
  return { f, gradientNorm, step, slope }
}

function named<V>(name: string, point: Point<V>): Record<string, V> {
  return { [`${name}.x`]: point.x, [`${name}.gradient`]: point.gradient }
}
