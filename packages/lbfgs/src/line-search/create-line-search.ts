import { type BacktrackingOptions, backtracking } from './backtracking.ts'
import { type HagerZhangOptions, hagerZhang } from './hager-zhang.ts'
import type { LineSearch } from './line-search.ts'
import { type MoreThuenteOptions, moreThuente } from './more-thuente.ts'
import { type StrongWolfeOptions, strongWolfe } from './strong-wolfe.ts'

/** Each search by its name, with its options. */
export type LineSearchSpec =
  | ({ readonly name: 'more-thuente' } & MoreThuenteOptions)
  | ({ readonly name: 'hager-zhang' } & HagerZhangOptions)
  | ({ readonly name: 'strong-wolfe' } & StrongWolfeOptions)
  | ({ readonly name: 'backtracking' } & BacktrackingOptions)

export type LineSearchName = LineSearchSpec['name']

/** What a solver takes: a name, a name with options, or a search of one's own. */
export type LineSearchChoice = LineSearchName | LineSearchSpec | LineSearch

/** The search of that name; throws a RangeError with the names there are. */
export const createLineSearch = (spec: LineSearchName | LineSearchSpec): LineSearch => {
  const named: LineSearchSpec = typeof spec === 'string' ? { name: spec } : spec
  switch (named.name) {
    case 'more-thuente':
      return moreThuente(named)
    case 'hager-zhang':
      return hagerZhang(named)
    case 'strong-wolfe':
      return strongWolfe(named)
    case 'backtracking':
      return backtracking(named)
    default:
      return unknownName(named)
  }
}

const unknownName = (spec: { name: string }): never => {
  throw new RangeError(
    `createLineSearch: name must be one of more-thuente, hager-zhang, strong-wolfe, backtracking, got ${spec.name}`,
  )
}
