import { minimize, type Result, type SolverOptions } from '../packages/lbfgs/src/index.ts'
import { type Problem, unconstrainedProblems, type Vector } from '../packages/testing/src/problems/index.ts'
import type { ScipyProblems } from './contenders/minimiser-scipy.ts'
import type { Minimisation, Score } from './lbfgs-figures.ts'
import { reasonOf, type Skipped } from './measure.ts'

const mostEvaluations = 3000
const gradientTolerances = { f64: 1e-6, f32: 1e-4 } as const

type Precision = keyof typeof gradientTolerances
type LineSearchName = Extract<SolverOptions['lineSearch'], string>

const lineSearches: readonly LineSearchName[] = [
  'more-thuente',
  'hager-zhang',
  'strong-wolfe',
  'backtracking',
]

/** What a minimiser says of a problem. */
interface Outcome {
  readonly x: Vector
  readonly iterations: number
  readonly evaluations: number
  readonly status: string
  readonly converged: boolean
}

/** Every problem by each of our line searches in f64 and f32, and by SciPy. */
export async function* scoreboard(
  scipy: ScipyProblems | undefined,
): AsyncGenerator<Minimisation | Score | Skipped> {
  for (const precision of ['f64', 'f32'] as const) {
    for (const lineSearch of lineSearches) {
      yield* scored(lineSearch, precision, (problem) => ours(problem, lineSearch, precision))
    }
    if (scipy !== undefined && precision === 'f64') {
      yield* scored('SciPy', precision, (problem) => theirs(problem, scipy))
    }
  }
}

async function* scored(
  minimiser: string,
  precision: Precision,
  minimise: (problem: Problem) => Outcome | Promise<Outcome>,
): AsyncGenerator<Minimisation | Score | Skipped> {
  const done: Minimisation[] = []
  for (const problem of unconstrainedProblems) {
    try {
      const judged = judge(problem, precision, await minimise(problem))
      done.push({ case: problem.name, minimiser, precision, ...judged })
    } catch (error) {
      yield { case: problem.name, skipped: `${minimiser}, ${precision}`, reason: reasonOf(error) }
    }
  }
  yield* done
  yield {
    minimiser,
    precision,
    problems: unconstrainedProblems.length,
    solvedOfThem: done.filter(({ solved }) => solved).length,
    totalEvaluations: done.reduce((sum, { evaluations }) => sum + evaluations, 0),
    dishonestExits: done.filter(({ dishonest }) => dishonest).length,
  }
}

/** By f and its gradient at the returned point, whatever the minimiser says of them. */
function judge(
  problem: Problem,
  precision: Precision,
  { x, iterations, evaluations, status, converged }: Outcome,
): Omit<Minimisation, 'case' | 'minimiser' | 'precision'> {
  const gradient = x.slice()
  const f = problem.evaluate(x, gradient)
  let gradientNorm = 0
  for (const value of gradient) gradientNorm = Math.max(gradientNorm, Math.abs(value))
  const isNear = (minimum: number): boolean =>
    Math.abs(f - minimum) <= 1e-5 * Math.max(1e-3, Math.abs(minimum))
  return {
    iterations,
    evaluations,
    f: finite(f),
    gradientNorm: finite(gradientNorm),
    status,
    solved: gradientNorm <= gradientTolerances[precision] || problem.minima.some(isNear),
    dishonest: converged && !(gradientNorm <= 1e-3 * Math.max(1, Math.abs(f))),
  }
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null
}

function ours(problem: Problem, lineSearch: LineSearchName, precision: Precision): Outcome {
  const start: Vector = precision === 'f64' ? problem.start : Float32Array.from(problem.start)
  let evaluations = 0
  const { x, iterations, status }: Result = minimize<Vector>(
    (point, gradient) => {
      evaluations++
      return problem.evaluate(point, gradient)
    },
    start,
    {
      memory: 10,
      lineSearch,
      tolerance: { gradient: gradientTolerances[precision] },
      maxEvaluations: mostEvaluations,
    },
  )
  return { x, iterations, evaluations, status, converged: status.startsWith('converged') }
}

async function theirs(problem: Problem, scipy: ScipyProblems): Promise<Outcome> {
  const settings = { gradientTolerance: gradientTolerances.f64, mostEvaluations }
  const { x, ...outcome } = await scipy.minimise(problem.name, settings)
  return { ...outcome, x: Float64Array.from(x) }
}
