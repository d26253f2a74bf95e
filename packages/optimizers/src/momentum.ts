import { defineRule } from './define-rule.ts'

/**
 * SGD with momentum, the learning rate inside the velocity.
 *
 *   v <- mu v - alpha g
 *   w <- w + v
 *
 * alpha `learningRate`, mu `momentum`; v the velocity, from 0. Shapes: w, g, v [n]. Element-wise.
 * Source: Polyak 1964; in this form Sutskever et al. 2013, and CS231n, "Momentum update".
 * Departs: PyTorch and optax keep the rate outside the velocity; the same until the rate changes.
 */
export const momentum = defineRule({
  name: 'momentum',
  source: 'Polyak 1964; Sutskever et al. 2013; CS231n, "Momentum update"',
  hyperparameters: { learningRate: 1e-2, momentum: 0.9 },
  rule: `
    velocity = 0
    velocity = momentum * velocity - learning_rate * gradient
    w += velocity
  `,
})
