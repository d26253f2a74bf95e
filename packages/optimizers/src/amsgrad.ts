import { defineRule } from './define-rule.ts'

/**
 * AMSGrad: Adam whose second moment never falls, which is what its proof of convergence needs.
 *
 *   m <- beta1 m + (1 - beta1) g
 *   v <- beta2 v + (1 - beta2) g^2
 *   h <- max(h, v)
 *   w <- w - alpha mHat / (sqrt(hHat) + epsilon),   mHat = m / (1 - beta1^t), hHat = h / (1 - beta2^t)
 *
 * alpha `learningRate`, `epsilon` outside the root; m, v, h from 0; t counts from 1. Shapes: w, g, m, v, h [n].
 * Element-wise.
 * Source: Reddi, Kale & Kumar 2018, arXiv:1904.09237, Algorithm 2, which has no correction: `biasCorrection: false`.
 * Departs: optax takes the maximum of the corrected v; Keras has the epsilon of its Adam.
 */
export const amsgrad = defineRule({
  name: 'amsgrad',
  source: 'Reddi, Kale & Kumar 2018, arXiv:1904.09237, Algorithm 2',
  convention: 'torch',
  hyperparameters: {
    learningRate: 1e-3,
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-8,
    biasCorrection: true,
    weightDecay: 0,
  },
  rule: `
    first_moment, second_moment, largest = 0, 0, 0
    gradient += weight_decay * w
    first_moment = beta1 * first_moment + (1 - beta1) * gradient
    second_moment = beta2 * second_moment + (1 - beta2) * gradient**2
    largest = max(largest, second_moment)
    first_unbiased = where(bias_correction, first_moment / (1 - beta1**t), first_moment)
    largest_unbiased = where(bias_correction, largest / (1 - beta2**t), largest)
    w -= learning_rate * first_unbiased / (sqrt(largest_unbiased) + epsilon)
  `,
  conventions: {
    optax: {
      rule: `
        first_moment, second_moment, largest = 0, 0, 0
        gradient += weight_decay * w
        first_moment = beta1 * first_moment + (1 - beta1) * gradient
        second_moment = beta2 * second_moment + (1 - beta2) * gradient**2
        first_unbiased = where(bias_correction, first_moment / (1 - beta1**t), first_moment)
        second_unbiased = where(bias_correction, second_moment / (1 - beta2**t), second_moment)
        largest = max(largest, second_unbiased)
        w -= learning_rate * first_unbiased / (sqrt(largest) + epsilon)
      `,
    },
    keras: {
      hyperparameters: { epsilon: 1e-7 },
      rule: `
        first_moment, second_moment, largest = 0, 0, 0
        w -= learning_rate * weight_decay * w
        first_moment += (gradient - first_moment) * (1 - beta1)
        second_moment += (gradient**2 - second_moment) * (1 - beta2)
        largest = max(largest, second_moment)
        correction = where(bias_correction, sqrt(1 - beta2**t) / (1 - beta1**t), 1)
        w -= learning_rate * correction * first_moment / (sqrt(largest) + epsilon)
      `,
    },
  },
})
