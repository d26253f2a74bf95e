import { defineRule } from './define-rule.ts'

/**
 * AdaBelief: Adam that divides by how far the gradient strays from its own average.
 *
 *   m <- beta1 m + (1 - beta1) g
 *   s <- beta2 s + (1 - beta2) (g - m)^2 + epsilon
 *   w <- w - alpha mHat / (sqrt(sHat) + epsilon),   mHat = m / (1 - beta1^t), sHat = s / (1 - beta2^t)
 *
 * alpha `learningRate`; m, s from 0; t counts from 1. Shapes: w, g, m, s [n]. Element-wise.
 * Source: Zhuang et al. 2020, arXiv:2010.07468, Algorithm 2; optax has the same.
 */
export const adabelief = defineRule({
  name: 'adabelief',
  source: 'Zhuang et al. 2020, arXiv:2010.07468, Algorithm 2',
  hyperparameters: { learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-16, weightDecay: 0 },
  rule: `
    first_moment, belief = 0, 0
    gradient += weight_decay * w
    first_moment = beta1 * first_moment + (1 - beta1) * gradient
    belief = beta2 * belief + (1 - beta2) * (gradient - first_moment)**2 + epsilon
    w -= learning_rate * first_moment / (1 - beta1**t) / (sqrt(belief / (1 - beta2**t)) + epsilon)
  `,
})
