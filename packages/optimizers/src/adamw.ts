import { defineRule } from './define-rule.ts'

/**
 * AdamW: Adam with decoupled weight decay.
 *
 *   m <- beta1 m + (1 - beta1) g
 *   v <- beta2 v + (1 - beta2) g^2
 *   w <- w - alpha ( mHat / (sqrt(vHat) + epsilon) + lambda w ),   mHat = m / (1 - beta1^t), vHat = v / (1 - beta2^t)
 *
 * alpha `learningRate`, lambda `weightDecay`, `epsilon` outside the root; m, v from 0; t counts from 1.
 * Shapes: w, g, m, v [n]. Element-wise.
 * Source: Loshchilov & Hutter 2019, arXiv:1711.05101, Algorithm 2.
 * Departs: the paper multiplies lambda by the schedule's factor only (`fullyDecoupledWeightDecay`); here by alpha, as
 * PyTorch, optax and Keras do. Their lambda is 1e-2, 1e-4 and 4e-3; Keras's epsilon is that of its Adam.
 */
export const adamw = defineRule({
  name: 'adamw',
  source: 'Loshchilov & Hutter 2019, arXiv:1711.05101, Algorithm 2',
  convention: 'torch',
  hyperparameters: { learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 1e-2 },
  rule: `
    first_moment, second_moment = 0, 0
    first_moment = beta1 * first_moment + (1 - beta1) * gradient
    second_moment = beta2 * second_moment + (1 - beta2) * gradient**2
    first_unbiased = first_moment / (1 - beta1**t)
    second_unbiased = second_moment / (1 - beta2**t)
    w -= learning_rate * (first_unbiased / (sqrt(second_unbiased) + epsilon) + weight_decay * w)
  `,
  conventions: {
    optax: { hyperparameters: { weightDecay: 1e-4 } },
    keras: {
      hyperparameters: { weightDecay: 4e-3, epsilon: 1e-7 },
      rule: `
        first_moment, second_moment = 0, 0
        w -= learning_rate * weight_decay * w
        first_moment += (gradient - first_moment) * (1 - beta1)
        second_moment += (gradient**2 - second_moment) * (1 - beta2)
        correction = sqrt(1 - beta2**t) / (1 - beta1**t)
        w -= learning_rate * correction * first_moment / (sqrt(second_moment) + epsilon)
      `,
    },
  },
})
