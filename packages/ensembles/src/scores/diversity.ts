import type { CombinationOptions } from '../combine/combination.ts'
import { meanProbabilities } from '../combine/mean-probabilities.ts'
import { checkMembers, type Member, normalizedWeights } from '../predictions.ts'
import { rowDivergence } from './kl-divergence.ts'

/** How members differ from what they make together, as means over the rows, each at least 0 and 0 for equal members. */
export interface Diversity {
  /**
   * The members' mean divergence from the mean of their probabilities, sum_i w_i KL(p_i || p) with p = sum_i w_i p_i: the
   * entropy of p less the members' mean entropy (generalised Jensen-Shannon divergence), at most log(members).
   */
  readonly divergence: number
  /**
   * -log sum_k prod_i p_ik^w_i = sum_i w_i KL(q || p_i) for q = `meanLogProbabilities`: by so much q's negative
   * log-likelihood is below the members' mean, whatever the labels. Infinity where no class has a probability with all.
   */
  readonly logGain: number
  /**
   * sum_i w_i sum_k (p_ik - p_k)^2 for p = `meanProbabilities`: by so much p's Brier score is below the members' mean,
   * whatever the labels.
   */
  readonly brierGain: number
}

/**
 * The diversity of members, of which the labels are not needed.
 *
 * Source: Krogh & Vedelsby 1995 (ambiguity decomposition, squared error); Heskes 1998, "Bias/variance decompositions for
 * likelihood-based estimators" (log-likelihood).
 */
export function diversity(members: readonly Member[], { classes, weights }: CombinationOptions): Diversity {
  const { tables, rows } = checkMembers('diversity', members, classes)
  const shares = normalizedWeights('diversity', weights, members.length)
  const mean = meanProbabilities(members, { classes, weights: shares })
  let [divergence, logGain, brierGain] = [0, 0, 0]
  for (let row = 0; row < rows; row++) {
    let together = 0
    for (let at = row * classes; at < (row + 1) * classes; at++) {
      let logarithm = 0
      for (const [index, table] of tables.entries()) {
        if (shares[index] === 0) continue
        logarithm += shares[index] * Math.log(table[at])
        brierGain += shares[index] * (table[at] - mean[at]) ** 2
      }
      together += Math.exp(logarithm)
    }
    logGain -= Math.log(together)
    for (const [index, table] of tables.entries()) {
      if (shares[index] > 0) divergence += shares[index] * rowDivergence(table, mean, row, classes)
    }
  }
  return { divergence: divergence / rows, logGain: logGain / rows, brierGain: brierGain / rows }
}
