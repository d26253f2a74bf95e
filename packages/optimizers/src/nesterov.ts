import { defineRule } from './define-rule.ts'

/**
 * Nesterov momentum, in the variables of the look-ahead point, at which the gradient is taken.
 *
 *   v' <- v
 *   v  <- mu v - alpha g
 *   w  <- w - mu v' + (1 + mu) v
 *
 * alpha `learningRate`, mu `momentum`; v the velocity, from 0. Shapes: w, g, v [n]. Element-wise.
 * Source: Nesterov 1983; in this form Bengio et al. 2012 (arXiv:1212.0901), and CS231n, "Nesterov Momentum".
 */
export const nesterov = defineRule({
  name: 'nesterov',
  source: 'Nesterov 1983; Bengio et al. 2012, arXiv:1212.0901; CS231n, "Nesterov Momentum"',
  hyperparameters: { learningRate: 1e-2, momentum: 0.9 },
  rule: `
    velocity = 0
    old_velocity = velocity
    velocity = momentum * velocity - learning_rate * gradient
    w += -momentum * old_velocity + (1 + momentum) * velocity
  `,
})
