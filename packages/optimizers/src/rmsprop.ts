import { defineRule } from './define-rule.ts'

/**
 * RMSProp: AdaGrad with a cache that decays.
 *
 *   c <- rho c + (1 - rho) g^2
 *   w <- w - alpha g / (sqrt(c) + epsilon)
 *
 * alpha `learningRate`, rho `decay`, `epsilon` outside the root; c from `initialAccumulator`. With `momentum` mu the
 * steps feed a velocity: v <- mu v + step, w <- w - alpha v. `centered` takes the variance c - a^2 for c, where
 * a <- rho a + (1 - rho) g. Shapes: w, g, c, a, v [n]. Element-wise.
 * Source: Tieleman & Hinton 2012, lecture 6.5; CS231n, "RMSprop"; centered: Graves 2013, arXiv:1308.0850.
 * Departs: optax and Keras put epsilon inside the root and the rate inside the velocity. The variance is never below 0
 * here, where rounding would make its root NaN.
 */
export const rmsprop = defineRule({
  name: 'rmsprop',
  source: 'Tieleman & Hinton 2012, lecture 6.5; CS231n, "RMSprop"',
  convention: 'cs231n',
  hyperparameters: {
    learningRate: 1e-3,
    decay: 0.99,
    epsilon: 1e-8,
    momentum: 0,
    centered: false,
    initialAccumulator: 0,
    weightDecay: 0,
  },
  rule: `
    gradient_squared = initial_accumulator
    gradient += weight_decay * w
    gradient_squared = decay * gradient_squared + (1 - decay) * gradient**2
    average = decay * average + (1 - decay) * gradient
    variance = where(centered, max(gradient_squared - average**2, 0), gradient_squared)
    velocity = momentum * velocity + gradient / (sqrt(variance) + epsilon)
    w += -learning_rate * velocity
  `,
  conventions: {
    torch: { hyperparameters: { learningRate: 1e-2 } },
    optax: {
      hyperparameters: { decay: 0.9 },
      rule: `
        gradient_squared = initial_accumulator
        gradient += weight_decay * w
        gradient_squared = decay * gradient_squared + (1 - decay) * gradient**2
        average = decay * average + (1 - decay) * gradient
        variance = where(centered, max(gradient_squared - average**2, 0), gradient_squared)
        velocity = momentum * velocity + learning_rate * gradient / sqrt(variance + epsilon)
        w -= velocity
      `,
    },
    keras: {
      hyperparameters: { decay: 0.9, epsilon: 1e-7 },
      rule: `
        gradient_squared = initial_accumulator
        w -= learning_rate * weight_decay * w
        gradient_squared = decay * gradient_squared + (1 - decay) * gradient**2
        average = decay * average + (1 - decay) * gradient
        variance = where(centered, max(gradient_squared - average**2, 0), gradient_squared)
        velocity = momentum * velocity + learning_rate * gradient / sqrt(variance + epsilon)
        w -= velocity
      `,
    },
  },
})
