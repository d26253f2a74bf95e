export { arraySpace } from './array-space.ts'
export type { BoundsOptions } from './box/bounds.ts'
export { checkGradient, type GradientReport, type WrongComponent } from './check-gradient.ts'
export { iterate } from './iterate.ts'
export { type BacktrackingOptions, backtracking } from './line-search/backtracking.ts'
export {
  createLineSearch,
  type LineSearchChoice,
  type LineSearchName,
  type LineSearchSpec,
} from './line-search/create-line-search.ts'
export { type HagerZhangOptions, hagerZhang } from './line-search/hager-zhang.ts'
export type { LineSearch, LineSearchOutcome, LineSearchState } from './line-search/line-search.ts'
export { type MoreThuenteOptions, moreThuente } from './line-search/more-thuente.ts'
export { type StrongWolfeOptions, strongWolfe } from './line-search/strong-wolfe.ts'
export type { Iteration, LoopOptions } from './loop.ts'
export { minimize } from './minimize.ts'
export { minimizeAsync } from './minimize-async.ts'
export type { Objective } from './objective.ts'
export type { L1 } from './orthant.ts'
export type { SavedSolver } from './saved-solver.ts'
export { createSolver, type Result, type Solver } from './solver.ts'
export type { SolverOptions } from './solver-options.ts'
export type { Status } from './status.ts'
export type { Tolerance } from './tolerance.ts'
export type { Reply, VectorSpace } from './vector-space.ts'
