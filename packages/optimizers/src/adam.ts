import { defineRule } from './define-rule.ts'

/**
 * Adam: momentum over RMSProp, both averages corrected for their start at 0.
 *
 *   m <- beta1 m + (1 - beta1) g
 *   v <- beta2 v + (1 - beta2) g^2
 *   w <- w - alpha mHat / (sqrt(vHat) + epsilon),   mHat = m / (1 - beta1^t), vHat = v / (1 - beta2^t)
 *
 * alpha `learningRate`, `epsilon` outside the root; m, v from 0; t counts from 1. Shapes: w, g, m, v [n]. Element-wise.
 * Source: Kingma & Ba 2015, arXiv:1412.6980, Algorithm 1; CS231n, "Adam".
 */
export const adam = defineRule({
  name: 'adam',
  source: 'Kingma & Ba 2015, arXiv:1412.6980, Algorithm 1; CS231n, "Adam"',
  hyperparameters: { learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
  rule: `
    first_moment, second_moment = 0, 0
    first_moment = beta1 * first_moment + (1 - beta1) * gradient
    second_moment = beta2 * second_moment + (1 - beta2) * gradient**2
    first_unbiased = first_moment / (1 - beta1**t)
    second_unbiased = second_moment / (1 - beta2**t)
    w -= learning_rate * first_unbiased / (sqrt(second_unbiased) + epsilon)
  `,
})
