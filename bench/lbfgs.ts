import { ownVersion } from './contenders/installed.ts'
import { type ScipyProblems, scipyMinimiser, scipyProblems } from './contenders/minimiser-scipy.ts'
import { thalwegMinimiser } from './contenders/minimiser-thalweg.ts'
import type { Minimisation, Overhead, Score } from './lbfgs-figures.ts'
import { overheads } from './lbfgs-overhead.ts'
import { scoreboard } from './lbfgs-scoreboard.ts'
import { reasonOf, type Skipped } from './measure.ts'

let scipy: ScipyProblems | undefined
const missing: Skipped[] = []

/** Ours, and SciPy's where there is one. */
export async function versions(): Promise<Readonly<Record<string, string>>> {
  try {
    scipy = await scipyProblems()
  } catch (error) {
    missing.push({ skipped: 'SciPy', reason: reasonOf(error) })
  }
  const ours = { Thalweg: ownVersion('lbfgs') }
  return scipy === undefined ? ours : { ...ours, SciPy: `${scipy.version}, 1 thread` }
}

/** Test problems solved, and time per iteration outside of the objective, beside SciPy's L-BFGS-B. */
export async function* figures(): AsyncGenerator<Minimisation | Score | Overhead | Skipped> {
  yield* missing
  yield* scoreboard(scipy)
  if (scipy === undefined) return
  scipy.close()
  yield* overheads([() => thalwegMinimiser('loops'), () => thalwegMinimiser('simd')], scipyMinimiser)
}
