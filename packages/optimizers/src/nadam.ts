import { defineRule } from './define-rule.ts'

/**
 * NAdam: Adam with Nesterov momentum, whose momentum warms up.
 *
 *   mu_t <- beta1 (1 - 0.96^(t psi) / 2),   M_t <- mu_1 mu_2 ... mu_t
 *   m <- beta1 m + (1 - beta1) g
 *   v <- beta2 v + (1 - beta2) g^2
 *   w <- w - alpha ( (1 - mu_t) g / (1 - M_t) + mu_(t+1) m / (1 - M_(t+1)) ) / (sqrt(vHat) + epsilon)
 *
 * alpha `learningRate`, psi `momentumDecay`, vHat = v / (1 - beta2^t); m, v from 0; M is one number, from 1; t counts
 * from 1. Shapes: w, g, m, v [n]. Element-wise.
 * Source: Dozat 2016, "Incorporating Nesterov momentum into Adam", Algorithm 2; in this form PyTorch.
 * Departs: Keras has psi = 1. optax has no warm-up: its mHat = beta1 m / (1 - beta1^(t+1)) + (1 - beta1) g / (1 - beta1^t).
 */
export const nadam = defineRule({
  name: 'nadam',
  source: 'Dozat 2016, Algorithm 2',
  convention: 'torch',
  hyperparameters: {
    learningRate: 2e-3,
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-8,
    momentumDecay: 4e-3,
    weightDecay: 0,
  },
  rule: `
    first_moment, second_moment, mu_product = 0, 0, 1
    gradient += weight_decay * w
    mu = beta1 * (1 - 0.5 * 0.96**(t * momentum_decay))
    mu_next = beta1 * (1 - 0.5 * 0.96**((t + 1) * momentum_decay))
    mu_product *= mu
    first_moment = beta1 * first_moment + (1 - beta1) * gradient
    second_moment = beta2 * second_moment + (1 - beta2) * gradient**2
    ahead = (1 - mu) / (1 - mu_product) * gradient + mu_next / (1 - mu_product * mu_next) * first_moment
    w -= learning_rate * ahead / (sqrt(second_moment / (1 - beta2**t)) + epsilon)
  `,
  conventions: {
    optax: {
      hyperparameters: { learningRate: 1e-3 },
      rule: `
        first_moment, second_moment = 0, 0
        gradient += weight_decay * w
        first_moment = beta1 * first_moment + (1 - beta1) * gradient
        second_moment = beta2 * second_moment + (1 - beta2) * gradient**2
        ahead = beta1 * first_moment / (1 - beta1**(t + 1)) + (1 - beta1) * gradient / (1 - beta1**t)
        w -= learning_rate * ahead / (sqrt(second_moment / (1 - beta2**t)) + epsilon)
      `,
    },
    keras: {
      hyperparameters: { learningRate: 1e-3, epsilon: 1e-7, momentumDecay: 1 },
      rule: `
        first_moment, second_moment, mu_product = 0, 0, 1
        w -= learning_rate * weight_decay * w
        mu = beta1 * (1 - 0.5 * 0.96**(t * momentum_decay))
        mu_next = beta1 * (1 - 0.5 * 0.96**((t + 1) * momentum_decay))
        mu_product *= mu
        first_moment = beta1 * first_moment + (1 - beta1) * gradient
        second_moment = beta2 * second_moment + (1 - beta2) * gradient**2
        ahead = (1 - mu) / (1 - mu_product) * gradient + mu_next / (1 - mu_product * mu_next) * first_moment
        w -= learning_rate * ahead / (sqrt(second_moment / (1 - beta2**t)) + epsilon)
      `,
    },
  },
})
