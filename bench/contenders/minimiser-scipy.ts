import { fileURLToPath } from 'node:url'
import { areNumbers, converse, isNumber, isText } from './conversation.ts'
import type { Minimiser } from './minimiser.ts'
import { minimiserChild } from './minimiser-child.ts'
import { keptMemory, systemPython, withPython } from './python.ts'

const script = fileURLToPath(new URL('./minimiser-scipy.py', import.meta.url))

const environment = { ...keptMemory, OPENBLAS_NUM_THREADS: '1', OMP_NUM_THREADS: '1' }

/** The system's SciPy, its L-BFGS-B, on one thread. */
export function scipyMinimiser(): Promise<Minimiser> {
  return withPython(
    (command) => minimiserChild('SciPy', { command, arguments: [script], environment }),
    [systemPython],
  )
}

/** What SciPy made of a problem. */
interface ScipyResult {
  readonly x: readonly number[]
  readonly iterations: number
  readonly evaluations: number
  /** Its message. */
  readonly status: string
  /** Whether it claims success. */
  readonly converged: boolean
}

/** SciPy on the problems of `test/golden/problems.py`. */
export interface ScipyProblems {
  readonly version: string
  minimise(
    problem: string,
    settings: { readonly gradientTolerance: number; readonly mostEvaluations: number },
  ): Promise<ScipyResult>
  close(): void
}

export function scipyProblems(): Promise<ScipyProblems> {
  return withPython(
    async (command) => {
      const { ask, close } = converse<Readonly<Record<string, string | number>>>('SciPy', {
        command,
        arguments: [script],
        environment,
      })
      const version = await ask({ ask: 'version' }, 'version', isText).catch((error: unknown) => {
        close()
        throw error
      })
      return {
        version,
        minimise: (problem, settings) =>
          ask({ ask: 'minimise', problem, ...settings }, 'result', isScipyResult),
        close,
      }
    },
    [systemPython],
  )
}

function isScipyResult(value: unknown): value is ScipyResult {
  if (typeof value !== 'object' || value === null) return false
  const { x, iterations, evaluations, status, converged }: Partial<Record<keyof ScipyResult, unknown>> = value
  return (
    areNumbers(x) &&
    isNumber(iterations) &&
    isNumber(evaluations) &&
    isText(status) &&
    typeof converged === 'boolean'
  )
}
