export { type BacktrackingOptions, backtracking } from './backtracking.ts'
export {
  createLineSearch,
  type LineSearchChoice,
  type LineSearchName,
  type LineSearchSpec,
} from './create-line-search.ts'
export { type HagerZhangOptions, hagerZhang } from './hager-zhang.ts'
export type { LineSearch, LineSearchOutcome, LineSearchState } from './line-search.ts'
export { type MoreThuenteOptions, moreThuente } from './more-thuente.ts'
export { type StrongWolfeOptions, strongWolfe } from './strong-wolfe.ts'
