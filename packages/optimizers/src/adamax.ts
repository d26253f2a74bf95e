import { defineRule } from './define-rule.ts'

/**
 * AdaMax: Adam with the infinity norm in place of the second moment.
 *
 *   m <- beta1 m + (1 - beta1) g
 *   u <- max(beta2 u, |g| + epsilon)
 *   w <- w - alpha / (1 - beta1^t) m / u
 *
 * alpha `learningRate`; m, u from 0; t counts from 1. Shapes: w, g, m, u [n]. Element-wise.
 * Source: Kingma & Ba 2015, arXiv:1412.6980, Algorithm 2, which has no epsilon; PyTorch and optax add it to |g|.
 * Departs: Keras adds its epsilon to u where it divides.
 */
export const adamax = defineRule({
  name: 'adamax',
  source: 'Kingma & Ba 2015, arXiv:1412.6980, Algorithm 2',
  convention: 'torch',
  hyperparameters: { learningRate: 2e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 },
  rule: `
    first_moment, infinity_norm = 0, 0
    gradient += weight_decay * w
    first_moment = beta1 * first_moment + (1 - beta1) * gradient
    infinity_norm = max(beta2 * infinity_norm, abs(gradient) + epsilon)
    w -= learning_rate / (1 - beta1**t) * first_moment / infinity_norm
  `,
  conventions: {
    optax: {},
    keras: {
      hyperparameters: { learningRate: 1e-3, epsilon: 1e-7 },
      rule: `
        first_moment, infinity_norm = 0, 0
        w -= learning_rate * weight_decay * w
        first_moment += (gradient - first_moment) * (1 - beta1)
        infinity_norm = max(beta2 * infinity_norm, abs(gradient))
        w -= learning_rate / (1 - beta1**t) * first_moment / (infinity_norm + epsilon)
      `,
    },
  },
})
