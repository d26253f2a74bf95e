import { defineRule } from './define-rule.ts'

/**
 * Adam: momentum over RMSProp, both averages corrected for their start at 0.
 *
 *   m <- beta1 m + (1 - beta1) g
 *   v <- beta2 v + (1 - beta2) g^2
 *   w <- w - alpha mHat / (sqrt(vHat) + epsilon),   mHat = m / (1 - beta1^t), vHat = v / (1 - beta2^t)
 *
 * alpha `learningRate`, `epsilon` outside the root; m, v from 0; t counts from 1. Without `biasCorrection` m and v stand
 * for mHat and vHat, the notes' simplified form. Shapes: w, g, m, v [n]. Element-wise.
 * Source: Kingma & Ba 2015, arXiv:1412.6980, Algorithm 1; CS231n, "Adam".
 * Departs: Keras adds its epsilon to the root of the uncorrected v ("epsilon hat", the end of the paper's section 2),
 * which acts as epsilon / sqrt(1 - beta2^t): 31.6 times as large at the first step.
 */
export const adam = defineRule({
  name: 'adam',
  source: 'Kingma & Ba 2015, arXiv:1412.6980, Algorithm 1; CS231n, "Adam"',
  convention: 'cs231n',
  hyperparameters: {
    learningRate: 1e-3,
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-8,
    biasCorrection: true,
    weightDecay: 0,
  },
  rule: `
    first_moment, second_moment = 0, 0
    gradient += weight_decay * w
    first_moment = beta1 * first_moment + (1 - beta1) * gradient
    second_moment = beta2 * second_moment + (1 - beta2) * gradient**2
    first_unbiased = where(bias_correction, first_moment / (1 - beta1**t), first_moment)
    second_unbiased = where(bias_correction, second_moment / (1 - beta2**t), second_moment)
    w -= learning_rate * first_unbiased / (sqrt(second_unbiased) + epsilon)
  `,
  conventions: {
    torch: {},
    optax: {},
    keras: {
      hyperparameters: { epsilon: 1e-7 },
      rule: `
        first_moment, second_moment = 0, 0
        w -= learning_rate * weight_decay * w
        first_moment += (gradient - first_moment) * (1 - beta1)
        second_moment += (gradient**2 - second_moment) * (1 - beta2)
        correction = where(bias_correction, sqrt(1 - beta2**t) / (1 - beta1**t), 1)
        w -= learning_rate * correction * first_moment / (sqrt(second_moment) + epsilon)
      `,
    },
  },
})
