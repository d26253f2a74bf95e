import { defineRule } from './define-rule.ts'

/**
 * AdaGrad: every coordinate's rate falls with the root of its summed squared gradients.
 *
 *   c <- c + g^2
 *   w <- w - alpha g / (sqrt(c) + epsilon)
 *
 * alpha `learningRate`, `epsilon` outside the root; c the accumulator, from 0. Shapes: w, g, c [n]. Element-wise.
 * Source: Duchi, Hazan & Singer 2011; CS231n, "Per-parameter adaptive learning rate methods".
 */
export const adagrad = defineRule({
  name: 'adagrad',
  source: 'Duchi, Hazan & Singer 2011; CS231n, "Per-parameter adaptive learning rate methods"',
  hyperparameters: { learningRate: 1e-2, epsilon: 1e-8 },
  rule: `
    gradient_squared = 0
    gradient_squared += gradient**2
    w += -learning_rate * gradient / (sqrt(gradient_squared) + epsilon)
  `,
})
