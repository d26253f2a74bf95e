import type { BoundsOptions } from './box/bounds.ts'
import type { LbfgsOptions } from './lbfgs-options.ts'
import { backtracking } from './line-search/backtracking.ts'
import { createLineSearch, type LineSearchChoice } from './line-search/create-line-search.ts'
import { hagerZhang } from './line-search/hager-zhang.ts'
import type { LineSearch } from './line-search/line-search.ts'
import { moreThuente } from './line-search/more-thuente.ts'
import type { L1 } from './orthant.ts'
import { requireInRange, requireLength } from './parameter-range.ts'
import type { SolverKind } from './saved-solver.ts'
import type { Precision, Vector } from './vector.ts'

export interface SolverOptions<A extends Vector = Vector> extends LbfgsOptions<A> {
  /** A name, a name with options, or a search of your own. Default 'more-thuente' (c1 1e-3 with bounds); with `l1` 'backtracking', the only one. */
  readonly lineSearch?: LineSearchChoice
  /** lower_i <= x_i <= upper_i, ends included: L-BFGS-B. Numbers hold for every coordinate. */
  readonly bounds?: BoundsOptions
  /** Adds strength sum |x_i| over the coordinates of the mask: OWL-QN. Not together with bounds. */
  readonly l1?: L1
}

/** Throws RangeError for an l1 out of range, TypeError for options that exclude each other. */
export function checkConstraints<A extends Vector>(
  { bounds, l1, damping, scaling }: SolverOptions<A>,
  n: number,
): void {
  if (l1) requireInRange('minimize', 'l1.strength', l1.strength, 0, Infinity, '[)')
  if (l1?.mask) requireLength('minimize', 'l1.mask', l1.mask, n)
  exclude('bounds', bounds, 'l1', l1)
  exclude('damping', damping || undefined, 'bounds', bounds)
  exclude('damping', damping || undefined, 'l1', l1)
  exclude('scaling', scaling, 'l1', l1)
}

/** The search that is chosen, or the default one. Throws TypeError for one that an L1 penalty cannot use. */
export function lineSearchOf(
  choice: LineSearchChoice | undefined,
  precision: Precision,
  method: SolverKind['method'],
): LineSearch {
  if (choice === undefined) {
    if (method === 'orthant') return backtracking()
    // As L-BFGS-B: 33 bounded problems from 30 starts each took 1,126 evaluations so, and 1,228 with the search's own 0.2.
    return moreThuente(method === 'box' ? { c1: 1e-3 } : {})
  }
  const name = typeof choice === 'string' ? choice : choice.name
  if (method === 'orthant' && name !== 'backtracking') {
    throw new TypeError(
      "minimize: with l1 lineSearch must be 'backtracking': others need a slope that l1 does not have",
    )
  }
  // phi(a) - phi(0) is rounding where the default, 1e-6 |phi(0)|, is less than a few roundings of f32.
  if (choice === 'hager-zhang' && precision === 'f32') return hagerZhang({ epsilon: 10 * 2 ** -23 })
  return typeof choice === 'object' && 'tell' in choice
    ? (choice.copy?.() ?? choice)
    : createLineSearch(choice)
}

function exclude(name: string, one: unknown, otherName: string, other: unknown): void {
  if (one === undefined || other === undefined) return
  throw new TypeError(`minimize: ${name} and ${otherName} exclude each other`)
}
