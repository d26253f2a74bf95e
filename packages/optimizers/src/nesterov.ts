import { defineRule } from './define-rule.ts'

/**
 * Nesterov momentum in the variables of the look-ahead point, the learning rate inside the velocity.
 *
 *   v' <- mu v - alpha g
 *   w  <- w - mu v + (1 + mu) v'
 *
 * alpha `learningRate`, mu `momentum`; v the velocity, from 0; w is the look-ahead point, where g was taken.
 * Shapes: w, g, v [n]. Element-wise.
 * Source: Nesterov 1983; in this form Bengio et al. 2012, and CS231n, "Nesterov momentum". Keras writes the same as
 * w <- w + mu v' - alpha g.
 * Departs: PyTorch and optax keep the rate outside, v <- mu v + g, w <- w - alpha (g + mu v): the same until the rate
 * changes.
 */
export const nesterov = defineRule({
  name: 'nesterov',
  source: 'Nesterov 1983; Bengio et al. 2012; CS231n, "Nesterov momentum"',
  convention: 'cs231n',
  hyperparameters: { learningRate: 1e-2, momentum: 0.9, weightDecay: 0 },
  rule: `
    velocity = 0
    gradient += weight_decay * w
    old_velocity = velocity
    velocity = momentum * velocity - learning_rate * gradient
    w += -momentum * old_velocity + (1 + momentum) * velocity
  `,
  conventions: {
    torch: {
      hyperparameters: { learningRate: 1e-3 },
      rule: `
        velocity = 0
        gradient += weight_decay * w
        velocity = momentum * velocity + gradient
        w -= learning_rate * (gradient + momentum * velocity)
      `,
    },
    optax: {
      rule: `
        trace = 0
        gradient += weight_decay * w
        trace = momentum * trace + gradient
        w -= learning_rate * (gradient + momentum * trace)
      `,
    },
    keras: {
      rule: `
        velocity = 0
        w -= learning_rate * weight_decay * w
        velocity = momentum * velocity - learning_rate * gradient
        w += momentum * velocity - learning_rate * gradient
      `,
    },
  },
})
