export { adagrad } from './adagrad.ts'
export { adam } from './adam.ts'
export {
  type CompleteOptimizerSpec,
  checkRule,
  createOptimizer,
  learningRateOf,
  type OptimizerDefinition,
  type OptimizerName,
  type OptimizerSpec,
  optimizerDefinitions,
} from './create-optimizer.ts'
export { defineRule, type OptimizerConstructor, type RuleDefinition } from './define-rule.ts'
export { type Range, rangeText } from './hyperparameters.ts'
export { momentum } from './momentum.ts'
export { nesterov } from './nesterov.ts'
export { RuleError } from './notation/rule-error.ts'
export type { Optimizer, OptimizerState, Overrides, TensorState } from './optimizer.ts'
export { rmsprop } from './rmsprop.ts'
export type { SavedState } from './saved-state.ts'
export { sgd } from './sgd.ts'
export type { Parameters, Vector } from './tensors.ts'
