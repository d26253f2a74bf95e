import { defineRule } from './define-rule.ts'

/**
 * Stochastic gradient descent, the notes' "vanilla update".
 *
 *   w <- w - alpha g
 *
 * alpha `learningRate`. Shapes: w, g [n]. Element-wise: any split of n is legal.
 * Source: Robbins & Monro 1951; CS231n, "Vanilla update".
 */
export const sgd = defineRule({
  name: 'sgd',
  source: 'Robbins & Monro 1951; CS231n, "Vanilla update"',
  hyperparameters: { learningRate: 1e-2 },
  rule: `
    w += -learning_rate * gradient
  `,
})
