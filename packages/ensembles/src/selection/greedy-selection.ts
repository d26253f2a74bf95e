import { meanProbabilities } from '../combine/mean-probabilities.ts'
import { checkLabels, checkMembers, type Member } from '../predictions.ts'
import { selectForward } from './forward-selection.ts'
import { type Metric, type MetricName, metricOf } from './metric.ts'
import { splitmix } from './splitmix.ts'

const caller = 'greedySelection'

export interface SelectionOptions {
  readonly classes: number
  /** What to improve. Default 'negativeLogLikelihood'. */
  readonly metric?: MetricName | Metric
  /**
   * The number of best members that each ensemble starts from, in [1, ∞), all where there are fewer; or 'best': as many
   * of the best as score best together. Default 'best'.
   */
  readonly initialCount?: number | 'best'
  /** Additions after the start, at most; in [0, ∞). Default 100. */
  readonly maxAdditions?: number
  /** Additions in a row without a new best after which to stop; in [1, ∞). Default 5. */
  readonly patience?: number
  /** Random subsets of the members to select from, whose ensembles are averaged; in [1, ∞). Default 20. */
  readonly bags?: number
  /** The chance of a member to be in a bag, in (0, 1]; a bag never stays empty. Default 0.5. */
  readonly bagFraction?: number
  /** Of the bags; a whole number in [0, 2^32). Default 0. */
  readonly seed?: number
}

export interface Selection {
  /** One weight for each member, of sum 1, for `meanProbabilities`. */
  readonly weights: Float64Array
  /** The metric of the selected ensemble on the rows given. */
  readonly value: number
  /** The metric of each member by itself, and which is best, of equally good ones the first. */
  readonly memberValues: Float64Array
  readonly bestMember: number
  /** For each bag, the metric at its start and after each addition, up to the last tried. */
  readonly paths: readonly (readonly number[])[]
  /** What `weights` come from: the bags, or, if that scores below the best member, all members, or that member alone. */
  readonly source: 'bags' | 'all-members' | 'best-member'
}

/**
 * Greedy ensemble selection with replacement: from a few of the best members, again and again the member is added whose
 * addition makes the mean of the probabilities score best; how often a member was added is its weight. Done in several
 * bags of the members and averaged, against overfitting. Give it rows that the members were not trained on. On those rows
 * the result never scores below the best member. The same seed and the same order of members give the same result.
 *
 * Source: Caruana, Niculescu-Mizil, Crew & Ksikes 2004, "Ensemble selection from libraries of models": selection with
 * replacement, sorted initialisation, bagged selection (20 bags, p = 0.5).
 * Departs: where the average of the bags scores below the best member, it is not used (`source`).
 */
export function greedySelection(
  members: readonly Member[],
  labels: ArrayLike<number>,
  options: SelectionOptions,
): Selection {
  const { classes, metric, bags, bagFraction, seed, ...limits } = checkedOptions(options)
  const { tables, rows } = checkMembers(caller, members, classes)
  checkLabels(caller, labels, rows, classes)
  const { better, measure } = metricOf(caller, metric)

  const sign = better === 'higher' ? -1 : 1
  const measured = tables.map((table) => measure(table, labels, classes))
  const losses = measured.map((value) => sign * value)
  const bestMember = losses.indexOf(losses.reduce((least, each) => Math.min(least, each)))
  const everyone = tables.map((_, index) => index)
  const select = (offered: readonly number[]) =>
    selectForward(tables, offered, losses, (table) => sign * measure(table, labels, classes), limits)

  const random = splitmix(seed)
  const averaged = new Float64Array(tables.length)
  const paths = Array.from({ length: bags }, () => {
    const { counts, path } = select(drawBag(everyone, bagFraction, random))
    for (const [index, share] of shares(counts).entries()) averaged[index] += share / bags
    return path.map((loss) => sign * loss)
  })

  const found = (weights: Float64Array, source: Selection['source']): Selection => ({
    weights,
    value: measure(meanProbabilities(tables, { classes, weights }), labels, classes),
    memberValues: Float64Array.from(measured),
    bestMember,
    paths,
    source,
  })
  const fits = ({ value }: Selection) => sign * value <= losses[bestMember]

  const fromBags = found(shares(averaged), 'bags')
  if (fits(fromBags)) return fromBags
  const fromAll = found(shares(select(everyone).counts), 'all-members')
  if (fits(fromAll)) return fromAll
  const alone = new Float64Array(tables.length)
  alone[bestMember] = 1
  return found(alone, 'best-member')
}

function checkedOptions(options: SelectionOptions): Required<SelectionOptions> {
  const checked = {
    metric: 'negativeLogLikelihood',
    initialCount: 'best',
    maxAdditions: 100,
    patience: 5,
    bags: 20,
    bagFraction: 0.5,
    seed: 0,
    ...options,
  } as const
  const { initialCount, maxAdditions, patience, bags, bagFraction, seed } = checked
  if (initialCount !== 'best') requireWhole('initialCount', initialCount, 1)
  requireWhole('maxAdditions', maxAdditions, 0)
  requireWhole('patience', patience, 1)
  requireWhole('bags', bags, 1)
  if (!(bagFraction > 0 && bagFraction <= 1)) {
    throw new RangeError(`${caller}: bagFraction must be a number in (0, 1], got ${bagFraction}`)
  }
  if (!Number.isInteger(seed) || seed < 0 || seed >= 2 ** 32) {
    throw new RangeError(`${caller}: seed must be a whole number in [0, 2^32), got ${seed}`)
  }
  return checked
}

function requireWhole(name: string, value: number, least: number): void {
  if (Number.isSafeInteger(value) && value >= least) return
  throw new RangeError(`${caller}: ${name} must be a whole number in [${least}, ∞), got ${value}`)
}

/** Each member with the chance `fraction`; if none comes out, one of them. */
function drawBag(everyone: readonly number[], fraction: number, random: () => number): readonly number[] {
  const drawn = everyone.filter(() => random() < fraction)
  return drawn.length > 0 ? drawn : [everyone[Math.floor(random() * everyone.length)]]
}

function shares(counts: Float64Array): Float64Array {
  const sum = counts.reduce((total, count) => total + count, 0)
  return counts.map((count) => count / sum)
}
