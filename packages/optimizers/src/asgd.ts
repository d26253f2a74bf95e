import { defineRule } from './define-rule.ts'

/**
 * Averaged SGD (Polyak-Ruppert): the average of the weights is what is evaluated.
 *
 *   w <- (1 - lambda eta) w - eta g
 *   a <- a + mu (w - a),   mu = 1 / max(1, t - 1 - t0)
 *   eta <- alpha / (1 + lambda alpha t)^power
 *
 * alpha `learningRate`, lambda `shrinkage`, t0 `averageFrom`; eta is one number, from alpha; a from w; t counts from 1.
 * A step uses the eta that the one before left, so a changed rate acts one step later. Shapes: w, g, a [n].
 * Element-wise. Evaluate at a.
 * Source: Polyak & Juditsky 1992; Bottou 2012; in PyTorch's form.
 */
export const asgd = defineRule({
  name: 'asgd',
  source: 'Polyak & Juditsky 1992; Bottou 2012',
  convention: 'torch',
  evaluation: 'average',
  hyperparameters: { learningRate: 1e-2, shrinkage: 1e-4, power: 0.75, averageFrom: 1e6, weightDecay: 0 },
  ranges: {
    learningRate: { greaterThan: 0 },
    shrinkage: { atLeast: 0 },
    power: { atLeast: 0 },
    averageFrom: { atLeast: 0 },
    weightDecay: { atLeast: 0 },
  },
  rule: `
    rate = learning_rate
    average = w
    gradient += weight_decay * w
    w = (1 - shrinkage * rate) * w - rate * gradient
    average += (w - average) / max(1, t - 1 - average_from)
    rate = learning_rate / (1 + shrinkage * learning_rate * t)**power
  `,
})
