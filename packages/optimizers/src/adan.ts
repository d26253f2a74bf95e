import { defineRule } from './define-rule.ts'

/**
 * Adan: Adam with Nesterov momentum through the differences of gradients.
 *
 *   d <- g - g'   (0 at the first step)
 *   m <- beta1 m + (1 - beta1) g
 *   v <- beta2 v + (1 - beta2) d
 *   n <- beta3 n + (1 - beta3) (g + beta2 d)^2
 *   w <- ( w - alpha (mHat + beta2 vHat) / (sqrt(nHat) + epsilon) ) / (1 + alpha lambda),   g' <- g
 *
 * alpha `learningRate`, lambda `weightDecay`; hats divide by 1 - beta^t of their own beta; m, v, n, g' from 0; t counts
 * from 1. Shapes: w, g, g', m, v, n [n]. Element-wise.
 * Source: Xie et al. 2022, arXiv:2208.06677, Algorithm 1; the betas are 1 minus the paper's, as in its authors' code.
 * Departs: optax weighs the difference by 1 - beta2, which is the paper's beta2 and not 1 minus it; it adds epsilon
 * inside the root as well, and lambda w to the step instead of dividing.
 */
export const adan = defineRule({
  name: 'adan',
  source: 'Xie et al. 2022, arXiv:2208.06677, Algorithm 1',
  convention: 'torch',
  hyperparameters: {
    learningRate: 1e-3,
    beta1: 0.98,
    beta2: 0.92,
    beta3: 0.99,
    epsilon: 1e-8,
    weightDecay: 0,
  },
  rule: `
    difference = where(t > 1, gradient - last_gradient, 0)
    last_gradient = gradient
    first_moment = beta1 * first_moment + (1 - beta1) * gradient
    difference_moment = beta2 * difference_moment + (1 - beta2) * difference
    second_moment = beta3 * second_moment + (1 - beta3) * (gradient + beta2 * difference)**2
    ahead = first_moment / (1 - beta1**t) + beta2 * difference_moment / (1 - beta2**t)
    w -= learning_rate * ahead / (sqrt(second_moment / (1 - beta3**t)) + epsilon)
    w /= 1 + learning_rate * weight_decay
  `,
  conventions: {
    optax: {
      rule: `
        difference = where(t > 1, gradient - last_gradient, 0)
        last_gradient = gradient
        first_moment = beta1 * first_moment + (1 - beta1) * gradient
        difference_moment = beta2 * difference_moment + (1 - beta2) * difference
        second_moment = beta3 * second_moment + (1 - beta3) * (gradient + (1 - beta2) * difference)**2
        ahead = first_moment / (1 - beta1**t) + (1 - beta2) * difference_moment / (1 - beta2**t)
        size = sqrt(second_moment / (1 - beta3**t) + epsilon) + epsilon
        w -= learning_rate * (ahead / size + weight_decay * w)
      `,
    },
  },
})
