import { defineRule } from './define-rule.ts'

/**
 * RAdam: Adam whose adaptive rate waits until its variance can be told, and is rectified from then on.
 *
 *   m <- beta1 m + (1 - beta1) g
 *   v <- beta2 v + (1 - beta2) g^2
 *   rho <- rhoInf - 2 t beta2^t / (1 - beta2^t),   rhoInf = 2 / (1 - beta2) - 1
 *   w <- w - alpha mHat r sqrt(1 - beta2^t) / (sqrt(v) + epsilon)   where rho > 5, else   w - alpha mHat
 *   r = sqrt( (rho - 4) (rho - 2) rhoInf / ((rhoInf - 4) (rhoInf - 2) rho) )
 *
 * alpha `learningRate`, mHat = m / (1 - beta1^t); m, v from 0; t counts from 1. Shapes: w, g, m, v [n]. Element-wise.
 * Source: Liu et al. 2020, arXiv:1908.03265, Algorithm 2, in PyTorch's form.
 * Departs: the paper rectifies from rho > 4. optax does from rho >= 5, with epsilon beside the corrected root.
 */
export const radam = defineRule({
  name: 'radam',
  source: 'Liu et al. 2020, arXiv:1908.03265, Algorithm 2',
  convention: 'torch',
  hyperparameters: { learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 },
  rule: `
    first_moment, second_moment = 0, 0
    gradient += weight_decay * w
    first_moment = beta1 * first_moment + (1 - beta1) * gradient
    second_moment = beta2 * second_moment + (1 - beta2) * gradient**2
    rho_inf = 2 / (1 - beta2) - 1
    rho = rho_inf - 2 * t * beta2**t / (1 - beta2**t)
    r = sqrt(max((rho - 4) * (rho - 2) * rho_inf / ((rho_inf - 4) * (rho_inf - 2) * rho), 0))
    adaptive = r * sqrt(1 - beta2**t) / (sqrt(second_moment) + epsilon)
    w -= learning_rate / (1 - beta1**t) * first_moment * where(rho > 5, adaptive, 1)
  `,
  conventions: {
    optax: {
      rule: `
        first_moment, second_moment = 0, 0
        gradient += weight_decay * w
        first_moment = beta1 * first_moment + (1 - beta1) * gradient
        second_moment = beta2 * second_moment + (1 - beta2) * gradient**2
        rho_inf = 2 / (1 - beta2) - 1
        rho = rho_inf - 2 * t * beta2**t / (1 - beta2**t)
        r = sqrt(max((rho - 4) * (rho - 2) * rho_inf / ((rho_inf - 4) * (rho_inf - 2) * rho), 0))
        adaptive = r / (sqrt(second_moment / (1 - beta2**t)) + epsilon)
        w -= learning_rate / (1 - beta1**t) * first_moment * where(rho >= 5, adaptive, 1)
      `,
    },
  },
})
