import type { Geometry } from './geometry.ts'
import { createHistory, type HistoryNumbers } from './history.ts'
import type { LineSearch, LineSearchOutcome, LineSearchState } from './line-search/line-search.ts'
import type { Point } from './point.ts'
import { createPoints, type PointsNumbers } from './points.ts'
import { judgeSettling, type SettlingState } from './settling.ts'
import type { Status } from './status.ts'
import type { Tolerance } from './tolerance.ts'
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
  /** The vectors from which it can go on, by name. */
  vectors(): Record<string, V>
}

export interface CoreNumbers {
  readonly scalars: Scalars
  readonly points: PointsNumbers
  readonly history: HistoryNumbers
  readonly lineSearch: LineSearchState
}

/** What is done next; but for `ask` and `move` each begins where a number of vectors has arrived. */
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

interface Scalars extends SettlingState {
  stage: Stage
  status: Status | 'running'
  message: string
  iterations: number
  evaluations: number
  /** The largest component of the last step, and of the direction; kept where `tolerance.x` asks for them. */
  moved: number
  reach: number
  /** The first trial step of this search. */
  firstStep: number
  /** Whether the direction uses no pair. */
  steepest: boolean
  /** How much longer than natural the first steps are. */
  growth: number
}

/** A decrease of this part of what the slope promises makes the best step of a failed search worth taking. */
const sufficient = 1e-4

/** A line along which f falls this many first steps far, and about as steeply at the end, has no minimum in floating point. */
const unboundedGrowth = 1e16
const stillSteep = 0.9

/** Nothing that is measured has a minimum down there. */
const unboundedValue = -1e200

/** So many first steps far and as steep, in one search, is no bend at a bound or a kink. */
const farStep = 1e8
/** The shortest first step, beside the natural one. */
const leastGrowth = 1e-60

/** The first step grows by this where the last one met no curvature: a search that only shortens steps would crawl. */
const growthWithoutCurvature = 10

export function createCore<V>(start: V, options: CoreOptions<V>): Core<V> {
  const { space, geometry, lineSearch, memory, tolerance, maxIterations, maxEvaluations, damping } = options
  const history = createHistory(space, memory, { all: geometry.allProducts })
  const direction = space.create()
  const points = createPoints(space)
  /** The part of f that may be rounding: f is a sum of many terms, so more than one roundoff. */
  const rounding = space.epsilon ** (2 / 3)
  space.copy(start, points.trial.x)
  geometry.enter(points.trial.x)

  let scalars: Scalars = {
    stage: 'ask',
    status: 'running',
    message: '',
    iterations: 0,
    evaluations: 0,
    idle: 0,
    anchorF: Infinity,
    anchorNorm: Infinity,
    moved: Infinity,
    reach: Infinity,
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
    const { trial, current } = points
    scalars.evaluations++
    scalars.stage = 'measured'
    out[2] = 0
    out[3] = trial.step * current.slope
    if (Number.isFinite(trial.f)) return geometry.measure(trial, direction, out)
    out[0] = Number.NaN
    out[1] = Number.NaN
  }

  function measured(): Reply {
    const { trial } = points
    trial.f += out[2]
    trial.slope = out[0]
    trial.gradientNorm = out[1]
    const finite =
      Number.isFinite(trial.f) && Number.isFinite(trial.slope) && Number.isFinite(trial.gradientNorm)
    if (scalars.evaluations === 1) return began(finite)
    if (trial.f === -Infinity) {
      points.swapBest()
      return end('unbounded', `f is -Infinity at step ${trial.step} of iteration ${scalars.iterations + 1}`)
    }
    const outcome = finite
      ? lineSearch.tell(trial.f, trial.slope, out[3])
      : lineSearch.tell(Number.NaN, Number.NaN, Number.NaN)
    if (outcome === 'accepted' || (finite && isWithinRounding(trial))) return accept()
    if (finite && trial.f < points.best.f) points.swapBest()
    if (outcome === 'continue') return ask(lineSearch.step)
    return failed(outcome)
  }

  /**
   * Where f changes by rounding alone its slope still tells: the approximate Wolfe conditions of Hager & Zhang 2005,
   * (2 delta - 1) phi'(0) >= phi'(a) >= sigma phi'(0), delta = .1, sigma = .9. They let any search finish.
   */
  function isWithinRounding({ f, slope }: Point<V>): boolean {
    const { current } = points
    const flat = slope <= -0.8 * current.slope && slope >= 0.9 * current.slope
    return flat && Math.abs(f - current.f) <= rounding * Math.abs(current.f) && geometry.name !== 'orthant'
  }

  function began(finite: boolean): void {
    points.begin()
    scalars.stage = 'test'
    if (finite) return
    const { f } = points.current
    const what = Number.isFinite(f) ? 'the gradient, every component of which must be written,' : 'f'
    end('non-finite-start', `${what} is not finite at the start: f = ${f}`)
  }

  /** Ends at a stationary point, or where the iterations are used up. */
  function test(): void {
    scalars.stage = 'direct'
    const { iterations, evaluations } = scalars
    const { f, gradientNorm } = points.current
    if (f < unboundedValue) end('unbounded', `f fell to ${f}`)
    else if (gradientNorm <= tolerance.gradient) {
      const reached = `after ${iterations} iterations, ${evaluations} evaluations`
      end('converged-gradient', `gradient norm ${gradientNorm} <= ${tolerance.gradient} ${reached}`)
    } else if (iterations >= maxIterations) {
      end('max-iterations', `${iterations} iterations done; gradient norm ${gradientNorm}`)
    }
  }

  function ask(step: number): void {
    points.trial.step = step
    scalars.stage = 'move'
  }

  function move(): void {
    const { current, trial } = points
    if (scalars.evaluations >= maxEvaluations) {
      const { gradientNorm } = points.lowest
      end('max-evaluations', `${scalars.evaluations} evaluations done; gradient norm ${gradientNorm}`)
      return
    }
    geometry.move(current, direction, trial.step, trial)
    scalars.stage = 'ask'
  }

  /** The trial will be the next point; measures the pair that leads to it. */
  function accept(): Reply {
    const { current, trial } = points
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
    const { current, trial } = points
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
    const { current, trial } = points
    scalars.moved = trial.step * scalars.reach
    if (memory > 0) {
      const bends = isCurved(-trial.step * current.slope)
      if (bends) history.commit()
      // Elsewhere a line bends where it meets a bound or a kink, of which pairs know nothing.
      const steep = trial.step >= scalars.firstStep && trial.slope <= stillSteep * current.slope
      const longer = trial.step / scalars.firstStep
      const straight = (geometry.name === 'free' || longer >= farStep) && steep
      scalars.growth = bends || !straight ? 1 : scalars.growth * longer * growthWithoutCurvature
    }
    points.accept()
    scalars.iterations++
    scalars.stage = 'test'
  }

  /**
   * Whether the candidate may join the history: s'y > epsilon (-s'g), relative to the slope as in L-BFGS-B, so that
   * neither the scale of f nor that of x matters; and its products neither over- nor underflow.
   */
  function isCurved(promised: number): boolean {
    const newest = history.count
    const sy = history.sy(newest, newest)
    const yy = history.yy(newest, newest)
    return (
      sy > space.epsilon * promised && Number.isFinite(yy / sy) && sy / yy > 0 && Number.isFinite(sy / yy)
    )
  }

  function direct(): Reply {
    const { current } = points
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
    points.current.slope = slope
    const { growth } = scalars
    if (growth > unboundedGrowth) {
      const grown = `f falls without any curvature along steps that grew ${growth}-fold`
      return end('unbounded', `${grown}: ${points.current.f}`)
    }
    if (!(slope < 0 && slope > -Infinity)) {
      return retry(`the derivative along the steepest descent is ${slope}`)
    }
    scalars.stage = 'search'
    const { f, gradientNorm } = points.current
    const verdict = judgeSettling(scalars, points.current, tolerance, !scalars.steepest)
    if (verdict !== 'moving') {
      const numbers = `promised decrease ${-slope / 2}, tolerance ${tolerance.f * Math.abs(f)}`
      const message = `${scalars.idle} iterations moved f by rounding only; ${numbers}; gradient norm ${gradientNorm}`
      return end(verdict === 'settled' ? 'converged-f' : 'line-search-failed', message)
    }
    if (tolerance.x === 0) return
    scalars.stage = 'sized'
    return space.measure(direction, direction, out)
  }

  function sized(): Reply {
    scalars.reach = out[1]
    scalars.stage = 'compared'
    return space.measure(points.current.x, points.current.x, out)
  }

  function compared(): void {
    scalars.stage = 'search'
    const least = tolerance.x * out[1]
    const { moved, reach, steepest } = scalars
    if (steepest || moved > least || reach > least) return
    const numbers = `last step ${moved}, next full step ${reach}`
    end(
      'converged-x',
      `${numbers}, both at most ${tolerance.x} |x|; gradient norm ${points.current.gradientNorm}`,
    )
  }

  function search(): void {
    const { current } = points
    const largest = geometry.largestStep(current, direction)
    const { growth } = scalars
    const natural = scalars.steepest ? geometry.steepestStep(direction, current.slope) : 1
    scalars.firstStep = Math.min(natural * growth, largest)
    points.forgetBest()
    lineSearch.start(current.f, current.slope, scalars.firstStep, largest)
    ask(lineSearch.step)
  }

  function failed(outcome: Exclude<LineSearchOutcome, 'continue' | 'accepted'>): Reply {
    const { current, best, trial } = points
    if (best.step > 0 && best.f <= current.f + sufficient * best.step * current.slope) {
      points.swapBest()
      return accept()
    }
    // The first step knows nothing of the scale of x: where it was far too long, the search goes on from where it gave up.
    const visible = -trial.step * current.slope > rounding * Math.abs(current.f)
    const growth = (scalars.growth * trial.step) / scalars.firstStep / growthWithoutCurvature
    const shorter = growth < scalars.growth && growth > leastGrowth
    if (scalars.steepest && best.step === 0 && outcome !== 'rounding' && visible && shorter) {
      scalars.growth = growth
      scalars.stage = 'search'
      return
    }
    const tried = `best f along it ${best.f}, at step ${best.step}; slope ${current.slope}`
    retry(`no acceptable step along the steepest descent (${outcome}): ${tried}`)
  }

  /** Once more along the steepest descent, without the pairs; if that was it, the end. */
  function retry(message: string): void {
    if (scalars.steepest)
      end('line-search-failed', `${message}; gradient norm ${points.current.gradientNorm}`)
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
      return points.trial
    },
    get current() {
      return points.current
    },
    get result() {
      if (scalars.evaluations === 0) return points.trial
      return scalars.status.startsWith('converged') ? points.current : points.lowest
    },
    tell(f) {
      if (scalars.status !== 'running') throw new Error(`tell: it has ended with ${scalars.status}`)
      points.trial.f = f
      scalars.stage = 'told'
      return run()
    },
    end,
    save: () => ({
      scalars: { ...scalars },
      points: points.save(),
      history: history.save(),
      lineSearch: lineSearch.save(),
    }),
    restore(numbers) {
      scalars = { ...numbers.scalars }
      points.restore(numbers.points)
      history.restore(numbers.history)
      lineSearch.restore(numbers.lineSearch)
    },
    resume() {
      const { stage, evaluations, iterations, status } = scalars
      if (status === 'non-finite-start') return
      scalars.status = 'running'
      scalars.message = ''
      if (evaluations === 0) return
      // Where a limit ended it, it goes on from there, under the limits of now; at any other end its tests are made again.
      if ((stage === 'ask' || stage === 'move') && iterations < maxIterations) {
        geometry.resume(points.current, history, direction)
        scalars.stage = 'move'
      } else scalars.stage = 'test'
      return run()
    },
    vectors() {
      const pairs = Array.from({ length: history.count }, (_, index) => [
        [`s${index}`, history.s(index)] as const,
        [`y${index}`, history.y(index)] as const,
      ])
      return { direction, ...points.vectors(scalars.evaluations === 0), ...Object.fromEntries(pairs.flat()) }
    },
  }
}
