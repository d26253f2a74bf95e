/**
 * Why a minimisation ended. `x` and `f` of the result belong together whatever it is.
 *
 * - `converged-gradient`: the largest component of the gradient (projected on the bounds; the pseudo-gradient under an
 *   L1 penalty) is at most `tolerance.gradient` at the returned point
 * - `converged-f`: f neither fell by more than `tolerance.f` |f| (or its rounding) nor halved the gradient for two
 *   iterations, after which the quadratic model promises no more than that either, or for ten; and the gradient norm
 *   is at most 1e-3 |f| or ten times `tolerance.gradient`
 * - `converged-x`: there, the last step and the next full quasi-Newton step change no coordinate by more than
 *   `tolerance.x` max |x|
 * - `stopped`: `onIteration` said so
 * - `aborted`: the signal was aborted
 * - `max-iterations`, `max-evaluations`, `max-time`: a limit was reached; the best point so far is returned
 * - `line-search-failed`: no acceptable step was found, along the steepest descent neither; or twenty iterations moved f by
 *   rounding only, and the gradient is not small beside f
 * - `non-finite-start`: f or its gradient is not finite at the start
 * - `unbounded`: f is -Infinity, below -1e200, or falls along a line as steeply as ever, however far
 */
export type Status =
  | 'converged-gradient'
  | 'converged-f'
  | 'converged-x'
  | 'stopped'
  | 'aborted'
  | 'max-iterations'
  | 'max-evaluations'
  | 'max-time'
  | 'line-search-failed'
  | 'non-finite-start'
  | 'unbounded'
