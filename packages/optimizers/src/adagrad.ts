import { defineRule } from './define-rule.ts'

/**
 * AdaGrad: each coordinate's rate falls with the gradients it has seen.
 *
 *   c <- c + g^2
 *   w <- w - alpha_t g / (sqrt(c) + epsilon),   alpha_t = alpha / (1 + (t - 1) eta)
 *
 * alpha `learningRate`, eta `learningRateDecay`, `epsilon` outside the root; c the cache, from `initialAccumulator`.
 * Shapes: w, g, c [n]. Element-wise.
 * Source: Duchi, Hazan & Singer 2011; CS231n, "Adagrad".
 * Departs: optax and Keras start c at 0.1 and put epsilon inside the root; optax leaves w where c is still 0.
 */
export const adagrad = defineRule({
  name: 'adagrad',
  source: 'Duchi, Hazan & Singer 2011; CS231n, "Adagrad"',
  convention: 'cs231n',
  hyperparameters: {
    learningRate: 1e-2,
    learningRateDecay: 0,
    initialAccumulator: 0,
    epsilon: 1e-8,
    weightDecay: 0,
  },
  rule: `
    gradient_squared = initial_accumulator
    gradient += weight_decay * w
    gradient_squared += gradient**2
    rate = learning_rate / (1 + (t - 1) * learning_rate_decay)
    w += -rate * gradient / (sqrt(gradient_squared) + epsilon)
  `,
  conventions: {
    torch: { hyperparameters: { epsilon: 1e-10 } },
    optax: {
      hyperparameters: { initialAccumulator: 0.1, epsilon: 1e-7 },
      rule: `
        sum_of_squares = initial_accumulator
        gradient += weight_decay * w
        sum_of_squares += gradient**2
        rate = learning_rate / (1 + (t - 1) * learning_rate_decay)
        w -= where(sum_of_squares > 0, rate * gradient / sqrt(sum_of_squares + epsilon), 0)
      `,
    },
    keras: {
      hyperparameters: { learningRate: 1e-3, initialAccumulator: 0.1, epsilon: 1e-7 },
      rule: `
        accumulator = initial_accumulator
        w -= learning_rate * weight_decay * w
        accumulator += gradient**2
        rate = learning_rate / (1 + (t - 1) * learning_rate_decay)
        w -= rate * gradient / sqrt(accumulator + epsilon)
      `,
    },
  },
})
