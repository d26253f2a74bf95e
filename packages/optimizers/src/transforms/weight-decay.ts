import type { Transform } from '../runtime/part.ts'
import { defineTransform } from './define-transform.ts'

const ranges = { weightDecay: { atLeast: 0 } } as const

const coupled = defineTransform({
  name: 'coupledWeightDecay',
  source: 'L2 regularization; CS231n, "Regularization"',
  on: 'gradient',
  ranges,
  rule: 'gradient += weight_decay * w',
})

const decoupled = defineTransform({
  name: 'decoupledWeightDecay',
  source: "Loshchilov & Hutter 2019, arXiv:1711.05101, as PyTorch's AdamW has it",
  on: 'weights',
  ranges,
  inherits: ['learningRate'],
  rule: 'w -= learning_rate * weight_decay * start',
})

const fullyDecoupled = defineTransform({
  name: 'fullyDecoupledWeightDecay',
  source: 'Loshchilov & Hutter 2019, arXiv:1711.05101, Algorithm 2, line 12',
  on: 'weights',
  ranges,
  inherits: ['learningRate', 'initialLearningRate'],
  rule: 'w -= learning_rate / initial_learning_rate * weight_decay * start',
})

/**
 * Weight decay as part of the gradient, g + lambda w: L2 regularization, which adaptive methods then divide away.
 *
 * @example chain(coupledWeightDecay(1e-4), momentum())
 */
export function coupledWeightDecay(weightDecay: number): Transform {
  return coupled({ weightDecay })
}

/**
 * Weight decay beside the optimizer's step, multiplied by its learning rate: w - alpha lambda w, of w before the step.
 *
 * @example chain(adam(), decoupledWeightDecay(1e-2)) // AdamW
 */
export function decoupledWeightDecay(weightDecay: number): Transform {
  return decoupled({ weightDecay })
}

/**
 * Weight decay beside the optimizer's step that follows its schedule but not its learning rate: w - eta lambda w, eta
 * being the step's rate over the one that the optimizer was made with. It need not be searched again with the rate.
 *
 * @example chain(adam(), fullyDecoupledWeightDecay(1e-5))
 */
export function fullyDecoupledWeightDecay(weightDecay: number): Transform {
  return fullyDecoupled({ weightDecay })
}
