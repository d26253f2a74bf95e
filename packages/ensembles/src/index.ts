export { argmax } from './argmax.ts'
export type { CombinationOptions, Combined } from './combine/combination.ts'
export {
  type CombinationName,
  type CombineOptions,
  type Combiner,
  type CombinerOptions,
  combine,
  createCombiner,
} from './combine/combine.ts'
export { majorityVote } from './combine/majority-vote.ts'
export { meanLogProbabilities } from './combine/mean-log-probabilities.ts'
export { meanProbabilities } from './combine/mean-probabilities.ts'
export { meanRank } from './combine/mean-rank.ts'
export { type ClassChoice, type FittedBias, fitBias, withBias } from './distillation/class-bias.ts'
export {
  type DistillationLoss,
  type DistillationOptions,
  distillationLoss,
} from './distillation/distillation-loss.ts'
export { type HintLoss, type HintOptions, type HintRegressor, hintLoss } from './distillation/hint-loss.ts'
export {
  type LogitMatching,
  type LogitMatchingOptions,
  logitMatching,
} from './distillation/logit-matching.ts'
export {
  type LogitTeacher,
  type ProbabilityTeacher,
  type SoftTargetOptions,
  softTargets,
  type Teacher,
} from './distillation/soft-targets.ts'
export { softenProbabilities } from './distillation/soften-probabilities.ts'
export type { FitObjective } from './fit-objective.ts'
export type { Member, NamedMember, Table } from './predictions.ts'
export { accuracy } from './scores/accuracy.ts'
export { brier } from './scores/brier.ts'
export { type Disagreement, disagreement } from './scores/disagreement.ts'
export { type Diversity, diversity } from './scores/diversity.ts'
export { entropy } from './scores/entropy.ts'
export {
  type Calibration,
  type CalibrationBin,
  type CalibrationOptions,
  expectedCalibrationError,
} from './scores/expected-calibration-error.ts'
export { klDivergence } from './scores/kl-divergence.ts'
export { negativeLogLikelihood } from './scores/negative-log-likelihood.ts'
export { greedySelection, type Selection, type SelectionOptions } from './selection/greedy-selection.ts'
export type { Metric, MetricName } from './selection/metric.ts'
export { logSoftmax, type SoftmaxOptions, softmax } from './softmax.ts'
export { applyStacking, type StackingOptions, stackingObjective } from './stacking.ts'
export { applyTemperature, temperatureObjective } from './temperature-scaling.ts'
export { type GreedySoup, type GreedySoupOptions, greedySoup } from './weights/greedy-soup.ts'
export { createMovingAverage, type MovingAverage, type SavedMovingAverage } from './weights/moving-average.ts'
export {
  createNormStatistics,
  type LayerMoments,
  type NormMoments,
  type NormStatistics,
  refreshNormStatistics,
} from './weights/norm-statistics.ts'
export { isCycleEnd, type SnapshotCycles, snapshotRate, snapshotSteps } from './weights/snapshots.ts'
export type { SoupMember, SoupOptions } from './weights/soup-members.ts'
export {
  createStochasticWeightAverage,
  type SavedStochasticWeightAverage,
  type StochasticWeightAverage,
  type StochasticWeightAverageOptions,
} from './weights/stochastic-weight-average.ts'
export type { Tensor, Weights } from './weights/tensors.ts'
export { type Soup, uniformSoup } from './weights/uniform-soup.ts'
