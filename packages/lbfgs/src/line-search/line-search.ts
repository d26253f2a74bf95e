/**
 * Searches a step along one direction; sees only phi(a) = f(x + a d) and phi'(a), never a vector.
 *
 *   search.start(phi(0), phi'(0), first step, largest step)
 *   while ((outcome = search.tell(phi(search.step), phi'(search.step))) === 'continue') {}
 *
 * A trial whose value or slope is not finite is rejected: the bracket stays and the next step is shorter. A search
 * never tries a step twice, and never one above `stepMax`.
 */
export interface LineSearch {
  /** By what a saved solver knows it; that of a search without one is 'own'. */
  readonly name?: string
  /** The step to try next while it continues, then the one that was accepted, or the best one tried (0: none). */
  readonly step: number
  /** Begins a search. `slope` < 0 is phi'(0); 0 < `step` <= `stepMax`, which may be Infinity. Keeps no memory of the last. */
  start(value: number, slope: number, step: number, stepMax: number): void
  /**
   * Takes phi(step) and phi'(step). `change` is what phi changes by to first order, step phi'(0) unless the path bends;
   * only a backtracking search can use another.
   */
  tell(value: number, slope: number, change?: number): LineSearchOutcome
  /** All that the search knows, as a plain object of numbers and booleans; numbers may be infinite. */
  save(): LineSearchState
  /** Goes on from there, bit for bit. */
  restore(state: LineSearchState): void
  /**
   * A search of the same parameters that knows nothing yet: each solver takes one for itself. Without it, or where it
   * answers undefined, as for an object that has it from another search, solvers share the search.
   */
  copy?(): LineSearch | undefined
}

/**
 * - `continue`: try `step` next
 * - `accepted`: `step`, the one just tried, satisfies the conditions of the search
 * - `rounding`: no step within the bracket can be told from its ends
 * - `step-limit`: the largest step was tried and the function still falls there
 * - `trials`: the search used up its trials
 * - `non-finite`: every trial, down to the shortest, was NaN or infinite
 */
export type LineSearchOutcome = 'continue' | 'accepted' | 'rounding' | 'step-limit' | 'trials' | 'non-finite'

export type LineSearchState = Readonly<Record<string, number | boolean>>
