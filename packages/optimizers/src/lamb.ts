import { defineRule } from './define-rule.ts'

/**
 * LAMB: AdamW whose step is as long, in each tensor, as the tensor's norm says.
 *
 *   u <- mHat / (sqrt(vHat) + epsilon) + lambda w
 *   w <- w - alpha ||w|| / ||u|| u   (the ratio is 1 where a norm is 0)
 *
 * with m, v as in Adam; alpha `learningRate`, lambda `weightDecay`; norms over each tensor. Shapes: w, g, m, v [n].
 * Two passes: the norms first.
 * Source: You et al. 2020, arXiv:1904.00962, Algorithm 2, with the identity for its phi; in optax's form.
 * Departs: Keras leaves lambda out of u and lets w shrink before.
 */
export const lamb = defineRule({
  name: 'lamb',
  source: 'You et al. 2020, arXiv:1904.00962, Algorithm 2',
  convention: 'optax',
  hyperparameters: { learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-6, weightDecay: 0 },
  rule: `
    first_moment, second_moment = 0, 0
    first_moment = beta1 * first_moment + (1 - beta1) * gradient
    second_moment = beta2 * second_moment + (1 - beta2) * gradient**2
    update = first_moment / (1 - beta1**t) / (sqrt(second_moment / (1 - beta2**t)) + epsilon)
    update += weight_decay * w
    ratio = where(norm(w) == 0, 1, where(norm(update) == 0, 1, norm(w) / norm(update)))
    w -= learning_rate * ratio * update
  `,
  conventions: {
    keras: {
      hyperparameters: { epsilon: 1e-7 },
      rule: `
        first_moment, second_moment = 0, 0
        w -= learning_rate * weight_decay * w
        first_moment = beta1 * first_moment + (1 - beta1) * gradient
        second_moment = beta2 * second_moment + (1 - beta2) * gradient**2
        update = first_moment / (1 - beta1**t) / (sqrt(second_moment / (1 - beta2**t)) + epsilon)
        ratio = where(norm(w) == 0, 1, where(norm(update) == 0, 1, norm(w) / norm(update)))
        w -= learning_rate * ratio * update
      `,
    },
  },
})
