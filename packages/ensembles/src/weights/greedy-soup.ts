import { createRunningAverage } from './running-average.ts'
import { checkMembers, memberLabel, type SoupMember, type SoupOptions } from './soup-members.ts'
import type { Weights } from './tensors.ts'
import type { Soup } from './uniform-soup.ts'

export interface GreedySoupOptions<W extends Weights> extends SoupOptions {
  /** How good weights are on validation data, higher is better: an accuracy, or a loss with its sign turned. Deterministic. */
  readonly score: (weights: W) => number
}

export interface GreedySoup<W extends Weights> extends Soup<W> {
  /** The members in the soup, by their places in the list, in the order in which they came in: the best first. */
  readonly chosen: readonly number[]
  /** The soup's. */
  readonly score: number
  /** Each member's own, in the order of the list. */
  readonly memberScores: readonly number[]
  /** The soup's after each member that came in; never falls. */
  readonly path: readonly number[]
}

/**
 * The mean of the members that help each other: the best member, then each other, from the second best down, where the
 * score of the mean with it does not fall.
 *
 * The score is never below the best member's, which it starts from. Members of equal score are tried in the order of the
 * list. A mean whose score is NaN counts as fallen. n members cost 2 n - 1 calls of `score`. Throws as `uniformSoup` does,
 * and RangeError for a member whose score is NaN. Source: Wortsman et al. 2022, arXiv:2203.05482, recipe 1.
 */
export function greedySoup<W extends Weights>(
  members: readonly SoupMember<W>[],
  options: GreedySoupOptions<W>,
): GreedySoup<W> {
  const place = 'greedySoup'
  if (typeof options?.score !== 'function') throw new TypeError(`${place}: score must be a function`)
  const warning = checkMembers(place, members, options)
  const memberScores = members.map(({ weights }) => options.score(weights))
  for (const [index, score] of memberScores.entries()) {
    if (typeof score === 'number' && !Number.isNaN(score)) continue
    throw new RangeError(
      `${place}: the score of ${memberLabel(members[index], index)} must be a number, got ${score}`,
    )
  }
  const [best, ...others] = members.map((_, index) => index).sort(byScore)
  const running = createRunningAverage(place, members[best].weights)
  running.take(place, members[best].weights, 1)
  const chosen = [best]
  const path = [memberScores[best]]
  for (const index of others) {
    const share = 1 / (chosen.length + 1)
    const score = options.score(running.preview(members[index].weights, share))
    if (!(score >= path[path.length - 1])) continue
    running.take(place, members[index].weights, share)
    chosen.push(index)
    path.push(score)
  }
  const weights = running.write(place)
  return {
    weights,
    chosen,
    score: path[path.length - 1],
    memberScores,
    path,
    ...(warning !== undefined && { warning }),
  }

  // Infinite scores leave a difference of NaN.
  function byScore(a: number, b: number): number {
    if (memberScores[a] === memberScores[b]) return a - b
    return memberScores[a] > memberScores[b] ? -1 : 1
  }
}
