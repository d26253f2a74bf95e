import { defineRule } from './define-rule.ts'

/**
 * RMSProp: AdaGrad with a leaky average in place of the sum.
 *
 *   c <- rho c + (1 - rho) g^2
 *   w <- w - alpha g / (sqrt(c) + epsilon)
 *
 * alpha `learningRate`, rho `decay`, `epsilon` outside the root; c from 0. Shapes: w, g, c [n]. Element-wise.
 * Source: Tieleman & Hinton 2012, lecture 6.5 (slide 29); CS231n, "RMSprop".
 */
export const rmsprop = defineRule({
  name: 'rmsprop',
  source: 'Tieleman & Hinton 2012, lecture 6.5; CS231n, "RMSprop"',
  hyperparameters: { learningRate: 1e-3, decay: 0.99, epsilon: 1e-8 },
  rule: `
    gradient_squared = 0
    gradient_squared = decay * gradient_squared + (1 - decay) * gradient**2
    w += -learning_rate * gradient / (sqrt(gradient_squared) + epsilon)
  `,
})
