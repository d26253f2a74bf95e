import { fileURLToPath } from 'node:url'
import { createVectorSpace } from '../../packages/kernels/src/index.ts'
import { minimize, type Objective, type Result, type VectorSpace } from '../../packages/lbfgs/src/index.ts'
import { microseconds } from '../measure.ts'
import type { Counts, Minimiser, MinimiserTask } from './minimiser.ts'
import { minimiserChild } from './minimiser-child.ts'
import { rosenbrock, rosenbrockStart } from './rosenbrock.ts'

/** Where vectors live: in arrays, worked on by plain loops, or in SIMD memory. */
export type Vectors = 'loops' | 'simd'

export interface Minimising {
  readonly counts: Counts
  overhead(calls: number): number
}

/** From so many coordinates on the clock is read around each call of the objective: two readings are lost in it. */
const leastTimedInside = 10_000

/** Ours in a process of its own. */
export function thalwegMinimiser(vectors: Vectors): Promise<Minimiser> {
  const script = fileURLToPath(new URL('./minimiser-serve.ts', import.meta.url))
  // The flag as the service's workers have it, see `main.ts`.
  const words = ['--conditions=@thalweg/source', '--no-liftoff', script, vectors]
  const name = vectors === 'simd' ? 'SIMD vectors' : 'plain loops'
  return minimiserChild(name, { command: process.execPath, arguments: words })
}

/**
 * What the minimiser takes for itself: the time of whole minimisations less that of the objective, which is measured
 * inside where it is long, and else by as many calls of it alone.
 */
export function minimising(task: MinimiserTask, vectors: Vectors): Minimising {
  const { variant, length, memory, gradientTolerance, mostIterations } = task
  const objective = rosenbrock[variant]
  const start = rosenbrockStart(length)
  const pool = vectors === 'simd' ? recycling(createVectorSpace(length)) : undefined
  const options = {
    memory,
    tolerance: { gradient: gradientTolerance, f: 0 },
    maxIterations: mostIterations,
    ...(pool === undefined ? {} : { space: pool.space }),
  }

  function run(evaluate: Objective<Float64Array>): Result<Float64Array> {
    pool?.rewind()
    return minimize(evaluate, start, options)
  }

  let insideMs = 0
  function timed(x: Float64Array, gradient: Float64Array): number {
    const began = performance.now()
    const f = objective(x, gradient)
    insideMs += performance.now() - began
    return f
  }

  const { iterations, evaluations } = run(objective)
  const gradient = pool === undefined ? new Float64Array(length) : pool.space.create()
  return {
    counts: [iterations, evaluations],
    overhead(calls) {
      if (length >= leastTimedInside) {
        insideMs = 0
        return microseconds(calls, () => run(timed)) - insideMs * 1000
      }
      const whole = microseconds(calls, () => run(objective))
      return whole - microseconds(calls * evaluations, () => objective(start, gradient))
    },
  }
}

/** The same vectors for every minimisation, zeroed as new ones are: SIMD memory is only freed with its space. */
function recycling(space: VectorSpace<Float64Array>): {
  readonly space: VectorSpace<Float64Array>
  rewind(): void
} {
  const vectors: Float64Array[] = []
  let taken = 0
  function create(): Float64Array {
    const vector = vectors[taken]?.fill(0) ?? space.create()
    vectors[taken++] = vector
    return vector
  }
  return {
    space: { ...space, create },
    rewind() {
      taken = 0
    },
  }
}
