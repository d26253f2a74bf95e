import { defineRule } from './define-rule.ts'

/**
 * Lion: the sign of a momentum that looks further ahead than the one that is kept.
 *
 *   w <- w - alpha ( sign(beta1 m + (1 - beta1) g) + lambda w )
 *   m <- beta2 m + (1 - beta2) g
 *
 * alpha `learningRate`, lambda `weightDecay`; m from 0. Shapes: w, g, m [n]. Element-wise.
 * Source: Chen et al. 2023, arXiv:2302.06675, Algorithm 2. Rates are 3 to 10 times below those of AdamW, and decay as
 * much above. optax has lambda 1e-3, Keras 0.
 */
export const lion = defineRule({
  name: 'lion',
  source: 'Chen et al. 2023, arXiv:2302.06675, Algorithm 2',
  convention: 'optax',
  hyperparameters: { learningRate: 1e-4, beta1: 0.9, beta2: 0.99, weightDecay: 1e-3 },
  rule: `
    momentum = 0
    update = beta1 * momentum + (1 - beta1) * gradient
    w -= learning_rate * (sign(update) + weight_decay * w)
    momentum = beta2 * momentum + (1 - beta2) * gradient
  `,
  conventions: { keras: { hyperparameters: { learningRate: 1e-3, weightDecay: 0 } } },
})
