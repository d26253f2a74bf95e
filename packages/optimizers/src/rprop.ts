import { defineRule } from './define-rule.ts'

/**
 * Rprop: a step size for each coordinate, grown while the gradient keeps its sign and cut when it turns. For full
 * batches: the size of the gradient plays no part.
 *
 *   s <- increase s where g g' > 0,   decrease s where g g' < 0,   within [smallest, largest]
 *   g <- 0 where g g' < 0
 *   w <- w - sign(g) s,   g' <- g
 *
 * s the step sizes, from `learningRate`, which has no part in later steps; g' the last gradient, from 0.
 * Shapes: w, g, g', s [n]. Element-wise.
 * Source: Riedmiller & Braun 1993; in this form (iRprop-, without a step back) Igel & Huesken 2000, and PyTorch.
 */
export const rprop = defineRule({
  name: 'rprop',
  source: 'Riedmiller & Braun 1993; Igel & Huesken 2000',
  convention: 'torch',
  hyperparameters: { learningRate: 1e-2, decrease: 0.5, increase: 1.2, smallest: 1e-6, largest: 50 },
  ranges: {
    learningRate: { greaterThan: 0 },
    decrease: { greaterThan: 0, lessThan: 1 },
    increase: { greaterThan: 1 },
    smallest: { greaterThan: 0 },
    largest: { greaterThan: 0 },
  },
  rule: `
    step_size = learning_rate
    turn = gradient * last_gradient
    factor = where(turn > 0, increase, where(turn < 0, decrease, 1))
    step_size = min(max(step_size * factor, smallest), largest)
    last_gradient = where(turn < 0, 0, gradient)
    w -= sign(last_gradient) * step_size
  `,
})
