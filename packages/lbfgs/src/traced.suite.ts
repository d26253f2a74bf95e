import type { Result } from './assemble-solver.ts'
import type { Objective } from './objective.ts'
import type { Vector } from './vector.ts'

/** Every point evaluated and every f, as text: bits, not roundings. */
export function traced<A extends Vector>(
  objective: Objective<A>,
): { objective: Objective<A>; trace: string[] } {
  const trace: string[] = []
  return {
    trace,
    objective(x, gradient) {
      const f = objective(x, gradient)
      trace.push(`${[...x].join()} ${f}`)
      return f
    },
  }
}

/** What a minimisation came to, to be compared. */
export const outcome = ({ x, f, gradientNorm, status, message, iterations, evaluations }: Result) => [
  [...x],
  [f, gradientNorm, status, message, iterations, evaluations],
]
