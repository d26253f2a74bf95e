import { createRunningAverage } from './running-average.ts'
import { checkMembers, type SoupMember, type SoupOptions } from './soup-members.ts'
import type { Weights } from './tensors.ts'

/** One model's weights, made of many. */
export interface Soup<W extends Weights> {
  /** In the form and the precision of the members' weights. */
  readonly weights: W
  /** Why these weights are not to be trusted: there where members of different or unknown origin were allowed. */
  readonly warning?: string
}

/**
 * The mean of the members' weights, summed in f64: one model that costs no more than a member.
 *
 * It works for members fine-tuned from the same start, which `origin` names; two starts' weights average to noise. Throws
 * RangeError for origins that differ or are unknown, unless `allowDifferentOrigins`; TypeError or RangeError that name the
 * member and the tensor where tensors differ or are not finite. Source: Wortsman et al. 2022, arXiv:2203.05482.
 *
 * @example
 * uniformSoup([
 *   { weights: new Float32Array([1, 2]), origin: 'seed 1' },
 *   { weights: new Float32Array([3, 2]), origin: 'seed 1' },
 * ]).weights // Float32Array [2, 2]
 */
export function uniformSoup<W extends Weights>(
  members: readonly SoupMember<W>[],
  options: SoupOptions = {},
): Soup<W> {
  const warning = checkMembers('uniformSoup', members, options)
  const running = createRunningAverage('uniformSoup', members[0].weights)
  for (const [index, { weights }] of members.entries()) running.take('uniformSoup', weights, 1 / (index + 1))
  return { weights: running.write('uniformSoup'), ...(warning !== undefined && { warning }) }
}
