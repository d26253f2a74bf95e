export { constant } from './constant.ts'
export { cosine } from './cosine.ts'
export { cosineRestarts } from './cosine-restarts.ts'
export {
  createSchedule,
  type ScheduleName,
  type ScheduleSpec,
  type ScheduleSpecOverBase,
  scheduleDefinitions,
} from './create-schedule.ts'
export { cyclic } from './cyclic.ts'
export { exponentialDecay } from './exponential-decay.ts'
export { inverseSqrt } from './inverse-sqrt.ts'
export { inverseTimeDecay } from './inverse-time-decay.ts'
export { invert } from './invert.ts'
export { join } from './join.ts'
export { linear } from './linear.ts'
export { multiStep } from './multi-step.ts'
export { noam } from './noam.ts'
export { oneCycle } from './one-cycle.ts'
export { oneCycleMomentum } from './one-cycle-momentum.ts'
export type {
  NumberParameter,
  NumbersParameter,
  Parameter,
  Range,
  ScheduleParameter,
  SchedulesParameter,
} from './parameters.ts'
export { type Plateau, type PlateauOptions, type PlateauState, plateau } from './plateau.ts'
export { polynomial } from './polynomial.ts'
export { rangeTest } from './range-test.ts'
export { scale } from './scale.ts'
export type { Options, Schedule, ScheduleConstructor, ScheduleDefinition } from './schedule.ts'
export { specLimits, specSizeFault } from './spec-size.ts'
export { stepDecay } from './step-decay.ts'
export {
  type DecayOptions,
  type DecaySuggestion,
  suggestDecay,
} from './suggest-decay.ts'
export {
  type LearningRateOptions,
  type LearningRateSuggestion,
  type RangeTestCurve,
  suggestLearningRate,
} from './suggest-learning-rate.ts'
export { sutskeverMomentum } from './sutskever-momentum.ts'
export { warmup } from './warmup.ts'
export { warmupStableDecay } from './warmup-stable-decay.ts'
