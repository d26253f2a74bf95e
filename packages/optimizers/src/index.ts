export { allocate } from '@thalweg/kernels'
export { adabelief } from './adabelief.ts'
export { adadelta } from './adadelta.ts'
export { adafactor } from './adafactor.ts'
export { adagrad } from './adagrad.ts'
export { adam } from './adam.ts'
export { adamax } from './adamax.ts'
export { adamw } from './adamw.ts'
export { adan } from './adan.ts'
export { amsgrad } from './amsgrad.ts'
export { asgd } from './asgd.ts'
export { chain } from './chain.ts'
export { type Convention, conventions } from './convention.ts'
export {
  type CompleteOptimizerSpec,
  checkRule,
  createOptimizer,
  type HyperparameterDefinition,
  learningRateOf,
  type OptimizerDefinition,
  type OptimizerForm,
  type OptimizerName,
  type OptimizerSpec,
  optimizerDefinitions,
  type RuleSpec,
} from './create-optimizer.ts'
export type { MethodConstructor, MethodDefinition } from './define-method.ts'
export {
  type CompileRequest,
  type Defaults,
  defineRule,
  type OptimizerConstructor,
  type OptimizerOptions,
  type RuleDefinition,
  type Variant,
} from './define-rule.ts'
export { type Explanation, explain, type PassExplanation } from './explain.ts'
export { grouped } from './grouped.ts'
export { lamb } from './lamb.ts'
export { lars } from './lars.ts'
export { lion } from './lion.ts'
export { momentum } from './momentum.ts'
export { muon } from './muon.ts'
export { nadam } from './nadam.ts'
export { nesterov } from './nesterov.ts'
export { RuleError } from './notation/rule-error.ts'
export type { InitOptions, Optimizer, OptimizerState, Overrides } from './optimizer.ts'
export { radam } from './radam.ts'
export { rmsprop } from './rmsprop.ts'
export { rprop } from './rprop.ts'
export type { Group } from './runtime/groups.ts'
export { type Range, rangeText } from './runtime/hyperparameters.ts'
export type { Transform } from './runtime/part.ts'
export type { SavedState } from './runtime/saved-state.ts'
export type { TensorState } from './runtime/tensor-state.ts'
export type { Parameters, Vector } from './runtime/tensors.ts'
export { scheduleFreeAdamw } from './schedule-free-adamw.ts'
export { scheduleFreeSgd } from './schedule-free-sgd.ts'
export { sgd } from './sgd.ts'
export { signum } from './signum.ts'
export { adaptiveClip } from './transforms/adaptive-clip.ts'
export { addNoise } from './transforms/add-noise.ts'
export { centralize } from './transforms/centralize.ts'
export { clipByGlobalNorm } from './transforms/clip-by-global-norm.ts'
export { clipByNorm } from './transforms/clip-by-norm.ts'
export { clipByValue } from './transforms/clip-by-value.ts'
export { emaOfWeights } from './transforms/ema-of-weights.ts'
export { lookahead } from './transforms/lookahead.ts'
export {
  coupledWeightDecay,
  decoupledWeightDecay,
  fullyDecoupledWeightDecay,
} from './transforms/weight-decay.ts'
export { accumulate } from './wrappers/accumulate.ts'
export { type SamOptimizer, sam } from './wrappers/sam.ts'
export { skipNonFinite } from './wrappers/skip-non-finite.ts'
export { yogi } from './yogi.ts'
