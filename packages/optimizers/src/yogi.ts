import { defineRule } from './define-rule.ts'

/**
 * Yogi: Adam whose second moment moves by no more than the squared gradient, so that its rate cannot leap.
 *
 *   m <- beta1 m + (1 - beta1) g
 *   v <- v - (1 - beta2) sign(v - g^2) g^2
 *   w <- w - alpha mHat / (sqrt(vHat) + epsilon),   mHat = m / (1 - beta1^t), vHat = v / (1 - beta2^t)
 *
 * alpha `learningRate`; m, v from `initialAccumulator`; t counts from 1. Shapes: w, g, m, v [n]. Element-wise.
 * Source: Zaheer et al. 2018, "Adaptive methods for nonconvex optimization", Algorithm 2, which corrects nothing; in
 * optax's form.
 */
export const yogi = defineRule({
  name: 'yogi',
  source: 'Zaheer et al. 2018, Algorithm 2',
  hyperparameters: {
    learningRate: 1e-3,
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-3,
    initialAccumulator: 1e-6,
    weightDecay: 0,
  },
  rule: `
    first_moment = initial_accumulator
    second_moment = initial_accumulator
    gradient += weight_decay * w
    first_moment = beta1 * first_moment + (1 - beta1) * gradient
    second_moment -= (1 - beta2) * sign(second_moment - gradient**2) * gradient**2
    w -= learning_rate * first_moment / (1 - beta1**t) / (sqrt(second_moment / (1 - beta2**t)) + epsilon)
  `,
})
