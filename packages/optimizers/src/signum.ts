import { defineRule } from './define-rule.ts'

/**
 * Signum: the sign of the momentum. With momentum 0 it is signSGD.
 *
 *   m <- mu m + (1 - mu) g
 *   w <- w - alpha ( sign(m) + lambda w )
 *
 * alpha `learningRate`, mu `momentum`, lambda `weightDecay`; m from 0. Shapes: w, g, m [n]. Element-wise.
 * Source: Bernstein et al. 2018, arXiv:1802.04434, Algorithm 2.
 */
export const signum = defineRule({
  name: 'signum',
  source: 'Bernstein et al. 2018, arXiv:1802.04434, Algorithm 2',
  hyperparameters: { learningRate: 1e-4, momentum: 0.9, weightDecay: 0 },
  rule: `
    average = 0
    average = momentum * average + (1 - momentum) * gradient
    w -= learning_rate * (sign(average) + weight_decay * w)
  `,
})
