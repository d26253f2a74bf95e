import { defineRule } from './define-rule.ts'

/**
 * Schedule-free SGD: no schedule, and no end to be known; the average of the iterates is what is evaluated.
 *
 *   z <- z - alpha_t g(y)
 *   x <- (1 - c) x + c z,   c = p_t / (p_1 + ... + p_t),   p_t = t^r max(alpha_1 ... alpha_t)^q
 *   y <- (1 - beta) z + beta x
 *
 * The weights that are trained are y, where g is taken; evaluate at x. alpha `learningRate`, rising over the first
 * `warmupSteps`; beta `momentum`, r `weightPower`, q `rateWeightPower`; x, z from w. With beta 0 it is Polyak-Ruppert
 * averaging of SGD, with beta 1 primal averaging. Weight decay is coupled, at y. Shapes: w, g, x, z [n]. Element-wise.
 * Source: Defazio et al. 2024, arXiv:2405.15682, section 2, and its authors' schedule_free package.
 */
export const scheduleFreeSgd = defineRule({
  name: 'scheduleFreeSgd',
  source: 'Defazio et al. 2024, arXiv:2405.15682',
  evaluation: 'average',
  hyperparameters: {
    learningRate: 1,
    momentum: 0.9,
    weightDecay: 0,
    warmupSteps: 0,
    weightPower: 0,
    rateWeightPower: 2,
  },
  ranges: {
    learningRate: { greaterThan: 0 },
    momentum: { atLeast: 0, atMost: 1 },
    weightDecay: { atLeast: 0 },
    warmupSteps: { atLeast: 0, integer: true },
    weightPower: { atLeast: 0 },
    rateWeightPower: { atLeast: 0 },
  },
  rule: `
    z = w
    average = w
    largest_rate, weight_sum = 0, 0
    rate = learning_rate * where(t < warmup_steps, t / warmup_steps, 1)
    largest_rate = max(largest_rate, rate)
    weight = t**weight_power * largest_rate**rate_weight_power
    weight_sum += weight
    c = where(weight_sum > 0, weight / weight_sum, 0)
    z -= rate * (gradient + weight_decay * w)
    average = (1 - c) * average + c * z
    w = (1 - momentum) * z + momentum * average
  `,
})
