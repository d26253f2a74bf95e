import { defineRule } from './define-rule.ts'

/**
 * ADADELTA: AdaGrad with a decaying cache, its units mended by the size of past updates.
 *
 *   G <- rho G + (1 - rho) g^2
 *   d <- sqrt(D + epsilon) / sqrt(G + epsilon) g
 *   D <- rho D + (1 - rho) d^2
 *   w <- w - alpha d
 *
 * rho `decay`, `epsilon` inside both roots, alpha `learningRate`, which the paper does not have and which never enters
 * D; G, D from 0. The update uses the new G and the old D. Shapes: w, g, G, D [n]. Element-wise.
 * Source: Zeiler 2012, arXiv:1212.5701, Algorithm 1.
 */
export const adadelta = defineRule({
  name: 'adadelta',
  source: 'Zeiler 2012, arXiv:1212.5701, Algorithm 1',
  convention: 'cs231n',
  hyperparameters: { learningRate: 1, decay: 0.95, epsilon: 1e-6, weightDecay: 0 },
  rule: `
    gradient_squared, update_squared = 0, 0
    gradient += weight_decay * w
    gradient_squared = decay * gradient_squared + (1 - decay) * gradient**2
    update = sqrt(update_squared + epsilon) / sqrt(gradient_squared + epsilon) * gradient
    update_squared = decay * update_squared + (1 - decay) * update**2
    w -= learning_rate * update
  `,
  conventions: {
    torch: { hyperparameters: { decay: 0.9 } },
    optax: { hyperparameters: { decay: 0.9 } },
    keras: {
      hyperparameters: { learningRate: 1e-3, epsilon: 1e-7 },
      rule: `
        gradient_squared, update_squared = 0, 0
        w -= learning_rate * weight_decay * w
        gradient_squared = decay * gradient_squared + (1 - decay) * gradient**2
        update = sqrt(update_squared + epsilon) / sqrt(gradient_squared + epsilon) * gradient
        update_squared = decay * update_squared + (1 - decay) * update**2
        w -= learning_rate * update
      `,
    },
  },
})
