import { checkFinite, checkLayout, layoutOf, type Weights } from './tensors.ts'

/** A model whose weights go into a soup. */
export interface SoupMember<W extends Weights> {
  /** For errors, which otherwise say its place in the list, from 0. */
  readonly name?: string
  readonly weights: W
  /** What says where its training started, such as a hash of the first weights: members that share it fit together. */
  readonly origin?: string
}

export interface SoupOptions {
  /** Lets members of different or unknown origin be averaged; the result then carries a warning. Default false. */
  readonly allowDifferentOrigins?: boolean
}

/** How errors name a member: `member 'b'`, or `member 1` where it has no name. */
export const memberLabel = ({ name }: { readonly name?: string }, index: number): string =>
  name === undefined ? `member ${index}` : `member '${name}'`

/**
 * Throws for no members, for tensors that differ, are not finite, and, unless it is allowed, for origins that differ or are
 * unknown; a single member needs none. Returns the warning where differing origins were allowed.
 */
export function checkMembers<W extends Weights>(
  place: string,
  members: readonly SoupMember<W>[],
  { allowDifferentOrigins = false }: SoupOptions,
): string | undefined {
  if (members.length === 0) throw new RangeError(`${place}: members must be one or more, got none`)
  const layout = layoutOf(`${place}: ${memberLabel(members[0], 0)}`, members[0].weights)
  for (const [index, member] of members.entries()) {
    const label = `${place}: ${memberLabel(member, index)}`
    checkLayout(label, layout, member.weights)
    checkFinite(label, layout, member.weights)
  }
  const fault = originFault(members)
  if (fault === undefined) return undefined
  const reason = `${fault}; the mean of weights from different starts is usually no better than chance`
  if (allowDifferentOrigins) return reason
  throw new RangeError(`${place}: ${reason}; allowDifferentOrigins: true averages them all the same`)
}

/** What keeps the members from a common start, if anything does. */
function originFault(members: readonly SoupMember<Weights>[]): string | undefined {
  if (members.length === 1) return undefined
  const unknown = members.findIndex(({ origin }) => origin === undefined)
  if (unknown !== -1) return `the origin of ${memberLabel(members[unknown], unknown)} is unknown`
  const [first] = members
  const other = members.findIndex(({ origin }) => origin !== first.origin)
  if (other === -1) return undefined
  const [a, b] = [memberLabel(first, 0), memberLabel(members[other], other)]
  return `${a} started at '${first.origin}', ${b} at '${members[other].origin}'`
}
