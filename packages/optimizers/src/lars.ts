import { defineRule } from './define-rule.ts'

/**
 * LARS: momentum whose step is scaled, in each tensor, by the ratio of the norms of weights and gradient.
 *
 *   u <- g + lambda w
 *   v <- mu v + alpha c ||w|| / (||u|| + epsilon) u   (the factor is 1 where a norm is 0)
 *   w <- w - v
 *
 * alpha `learningRate`, mu `momentum`, c `trustCoefficient`, lambda `weightDecay`; v from 0; norms over each tensor.
 * Shapes: w, g, v [n]. Two passes: the norms first.
 * Source: You, Gitman & Ginsburg 2017, arXiv:1708.03888, Algorithm 1; in optax's form.
 * Departs: the paper adds ||g|| and lambda ||w|| in the divisor, where here stands the norm of their sum.
 */
export const lars = defineRule({
  name: 'lars',
  source: 'You, Gitman & Ginsburg 2017, arXiv:1708.03888, Algorithm 1',
  convention: 'optax',
  hyperparameters: { learningRate: 1e-1, momentum: 0.9, trustCoefficient: 1e-3, epsilon: 0, weightDecay: 0 },
  ranges: {
    learningRate: { greaterThan: 0 },
    momentum: { atLeast: 0, lessThan: 1 },
    trustCoefficient: { greaterThan: 0 },
    epsilon: { atLeast: 0 },
    weightDecay: { atLeast: 0 },
  },
  rule: `
    velocity = 0
    update = gradient + weight_decay * w
    trust = trust_coefficient * norm(w) / (norm(update) + epsilon)
    ratio = where(norm(w) == 0, 1, where(norm(update) == 0, 1, trust))
    velocity = momentum * velocity + learning_rate * ratio * update
    w -= velocity
  `,
})
