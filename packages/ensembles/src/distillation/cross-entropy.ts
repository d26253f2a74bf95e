/** The mean over rows of sum_j -q_j log p_j, of targets q and log p [rows, classes]; where q_j is 0, so is the term. */
export function meanCrossEntropy(
  targets: Float64Array,
  logProbabilities: Float64Array,
  classes: number,
): number {
  let sum = 0
  for (let at = 0; at < targets.length; at++) {
    if (targets[at] > 0) sum -= targets[at] * logProbabilities[at]
  }
  return sum / (targets.length / classes)
}

/**
 * The mean over rows of KL(q || p), of targets q and log p [rows, classes], rows of either with the sum 1.
 *
 *   sum_j q_j log(q_j / p_j)  =  sum_j q_j (d_j + e^(-d_j) - 1),   d_j = log q_j - log p_j
 *
 * No term of the second form is below 0, and it keeps its digits where q is near p.
 */
export function meanDivergence(
  targets: Float64Array,
  logProbabilities: Float64Array,
  classes: number,
): number {
  let sum = 0
  for (let at = 0; at < targets.length; at++) {
    const target = targets[at]
    if (target > 0) {
      const difference = Math.log(target) - logProbabilities[at]
      sum += target * Math.max(0, difference + Math.expm1(-difference))
    } else {
      sum += Math.exp(logProbabilities[at])
    }
  }
  return sum / (targets.length / classes)
}
