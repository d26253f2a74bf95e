import type { BoundedProblem } from './bounded.ts'
import { boundedAnySize } from './bounded-any-size.ts'
import { boundedFixedSize } from './bounded-fixed-size.ts'

/**
 * Problems of Moré, Garbow & Hillstrom in boxes: bounds that are active, inactive, degenerate, equal, one-sided,
 * infinite, or at the start.
 *
 * Minima and solutions: Newton's method in extended precision on the coordinates that are free, from every end of
 * SciPy's L-BFGS-B from several starts in the box, where the first-order conditions and a positive definite
 * Hessian of the free coordinates hold. The boxes of helical valley, Powell singular, Brown and Dennis, Biggs and
 * Watson (9) are those of Gay 1984, "A trust-region approach to linearly constrained optimization".
 */
export const boundedProblems: readonly BoundedProblem[] = [...boundedFixedSize, ...boundedAnySize]
