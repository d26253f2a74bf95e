import { defineRule } from './define-rule.ts'

/**
 * Schedule-free AdamW: no schedule, and no end to be known; the average of the iterates is what is evaluated.
 *
 *   v <- beta2 v + (1 - beta2) g(y)^2
 *   z <- z - alpha_t ( g(y) / (sqrt(vHat) + epsilon) + lambda y ),   vHat = v / (1 - beta2^t)
 *   x <- (1 - c) x + c z,   c = p_t / (p_1 + ... + p_t),   p_t = t^r max(alpha_1 ... alpha_t)^q
 *   y <- (1 - beta1) z + beta1 x
 *
 * The weights that are trained are y, where g is taken; evaluate at x. alpha `learningRate`, rising over the first
 * `warmupSteps`; lambda `weightDecay`, r `weightPower`, q `rateWeightPower`; x, z from w, v from 0; t counts from 1.
 * Shapes: w, g, x, z, v [n]. Element-wise.
 * Source: Defazio et al. 2024, arXiv:2405.15682, and AdamWScheduleFree of its authors' schedule_free package. Algorithm
 * 1 of the paper multiplies alpha, and so p, by sqrt(1 - beta2^t) instead of correcting v.
 */
export const scheduleFreeAdamw = defineRule({
  name: 'scheduleFreeAdamw',
  source: 'Defazio et al. 2024, arXiv:2405.15682',
  evaluation: 'average',
  hyperparameters: {
    learningRate: 2.5e-3,
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-8,
    weightDecay: 0,
    warmupSteps: 0,
    weightPower: 0,
    rateWeightPower: 2,
  },
  ranges: {
    learningRate: { greaterThan: 0 },
    beta1: { atLeast: 0, atMost: 1 },
    beta2: { atLeast: 0, lessThan: 1 },
    epsilon: { greaterThan: 0 },
    weightDecay: { atLeast: 0 },
    warmupSteps: { atLeast: 0, integer: true },
    weightPower: { atLeast: 0 },
    rateWeightPower: { atLeast: 0 },
  },
  rule: `
    z = w
    average = w
    second_moment, largest_rate, weight_sum = 0, 0, 0
    rate = learning_rate * where(t < warmup_steps, t / warmup_steps, 1)
    largest_rate = max(largest_rate, rate)
    weight = t**weight_power * largest_rate**rate_weight_power
    weight_sum += weight
    c = where(weight_sum > 0, weight / weight_sum, 0)
    second_moment = beta2 * second_moment + (1 - beta2) * gradient**2
    z -= rate * (gradient / (sqrt(second_moment / (1 - beta2**t)) + epsilon) + weight_decay * w)
    average = (1 - c) * average + c * z
    w = (1 - beta1) * z + beta1 * average
  `,
})
