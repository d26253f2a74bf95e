import { defineRule } from './define-rule.ts'

/**
 * SGD with momentum, the learning rate inside the velocity.
 *
 *   v <- mu v - alpha (1 - tau) g
 *   w <- w + v
 *
 * alpha `learningRate`, mu `momentum`, tau `dampening`; v the velocity, from 0. Shapes: w, g, v [n]. Element-wise.
 * Source: Polyak 1964; in this form Sutskever et al. 2013, and CS231n, "Momentum update". Keras has it too.
 * Departs: PyTorch and optax keep the rate outside the velocity, v <- mu v + (1 - tau) g, w <- w - alpha v: the same
 * until the rate changes. PyTorch does not dampen the first gradient.
 */
export const momentum = defineRule({
  name: 'momentum',
  source: 'Polyak 1964; Sutskever et al. 2013; CS231n, "Momentum update"',
  convention: 'cs231n',
  hyperparameters: { learningRate: 1e-2, momentum: 0.9, dampening: 0, weightDecay: 0 },
  rule: `
    velocity = 0
    gradient += weight_decay * w
    velocity = momentum * velocity - learning_rate * (1 - dampening) * gradient
    w += velocity
  `,
  conventions: {
    torch: {
      hyperparameters: { learningRate: 1e-3 },
      rule: `
        velocity = 0
        gradient += weight_decay * w
        velocity = momentum * velocity + where(t > 1, 1 - dampening, 1) * gradient
        w -= learning_rate * velocity
      `,
    },
    optax: {
      rule: `
        trace = 0
        gradient += weight_decay * w
        trace = momentum * trace + (1 - dampening) * gradient
        w -= learning_rate * trace
      `,
    },
    keras: {
      rule: `
        velocity = 0
        w -= learning_rate * weight_decay * w
        velocity = momentum * velocity - learning_rate * (1 - dampening) * gradient
        w += velocity
      `,
    },
  },
})
