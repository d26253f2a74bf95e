import { type CombinationName, type Combined, combine, type Member } from '@thalweg/ensembles'

/** How a document names the ways to combine predictions. */
export const ensembleRules = ['probabilities', 'logProbabilities', 'vote', 'rank'] as const
export type EnsembleRule = (typeof ensembleRules)[number]

const names: Readonly<Record<EnsembleRule, CombinationName>> = {
  probabilities: 'meanProbabilities',
  logProbabilities: 'meanLogProbabilities',
  vote: 'majorityVote',
  rank: 'meanRank',
}

/** The probabilities [rows, classes] that members' probabilities make; only the ratios of the weights matter. */
export function combinePredictions(
  rule: EnsembleRule,
  members: readonly Member[],
  { classes, weights }: { readonly classes: number; readonly weights: readonly number[] },
): Combined['predictions'] {
  return combine(members, { how: names[rule], classes, weights }).predictions
}
