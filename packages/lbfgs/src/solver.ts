import { assembleSolver, type Solver } from './assemble-solver.ts'
import { type Bounds, createBounds } from './box/bounds.ts'
import { boxGeometry } from './box-geometry.ts'
import { freeGeometry } from './free.ts'
import type { Geometry } from './geometry.ts'
import { checkOptions, type Settings } from './lbfgs-options.ts'
import { type L1, orthantGeometry } from './orthant.ts'
import { checkConstraints, lineSearchOf, type SolverOptions } from './solver-options.ts'
import type { Vector } from './vector.ts'

export type { Result, Solver } from './assemble-solver.ts'

/**
 * Minimises f by L-BFGS, by L-BFGS-B with `bounds`, by OWL-QN with `l1`. Throws RangeError and TypeError for options out of
 * range or that exclude each other, naming them.
 *
 * @example
 * const solver = createSolver(new Float64Array([3, -2]))
 * while (solver.status === 'running') {
 *   const [x, y] = solver.ask()
 *   solver.tell(x * x + 10 * y * y, [2 * x, 20 * y])
 * }
 * console.log(solver.result().status) // converged-gradient
 */
export function createSolver<A extends Vector>(x0: A, options: SolverOptions<A> = {}): Solver<A> {
  const settings = checkOptions(x0, options)
  const { n, precision, scaling } = settings
  const { l1 } = options
  checkConstraints(options, n)
  const bounds = options.bounds && createBounds(options.bounds, n, precision)
  const geometry = createGeometry(settings, bounds && scaling ? scaled(bounds, scaling) : bounds, l1)
  return assembleSolver(x0, settings, {
    geometry,
    lineSearch: lineSearchOf(options.lineSearch, precision, geometry.name),
    clip: bounds?.clip,
    terms: [
      bounds?.constrained ? bounds.lower : [],
      bounds?.constrained ? bounds.upper : [],
      l1 && l1.strength > 0 ? [l1.strength] : [],
      l1 && l1.strength > 0 ? (l1.mask ?? []) : [],
    ],
  })
}

function createGeometry<A extends Vector>(
  { space, memory }: Settings<A>,
  bounds: Bounds | undefined,
  l1: L1 | undefined,
): Geometry<A> {
  if (bounds?.constrained) return boxGeometry(space, memory, bounds)
  if (l1 && l1.strength > 0) return orthantGeometry(space, memory, l1)
  return freeGeometry(space, memory)
}

function scaled({ n, precision, lower, upper }: Bounds, scaling: ArrayLike<number>): Bounds {
  return createBounds(
    { lower: lower.map((l, i) => l / scaling[i]), upper: upper.map((u, i) => u / scaling[i]) },
    n,
    precision,
  )
}
