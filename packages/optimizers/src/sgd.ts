import { defineRule } from './define-rule.ts'

/**
 * Stochastic gradient descent.
 *
 *   w <- w - alpha g
 *
 * alpha `learningRate`. Shapes: w, g [n]. Element-wise.
 * Source: Robbins & Monro 1951; CS231n, "Vanilla update".
 * Weight decay lambda is L2 regularization, g + lambda w; in Keras's form w first shrinks by alpha lambda w.
 */
export const sgd = defineRule({
  name: 'sgd',
  source: 'Robbins & Monro 1951; CS231n, "Vanilla update"',
  convention: 'cs231n',
  hyperparameters: { learningRate: 1e-2, weightDecay: 0 },
  rule: `
    gradient += weight_decay * w
    w += -learning_rate * gradient
  `,
  conventions: {
    torch: { hyperparameters: { learningRate: 1e-3 } },
    optax: {},
    keras: {
      rule: `
        w -= learning_rate * weight_decay * w
        w -= learning_rate * gradient
      `,
    },
  },
})
