import { warmupFraction } from './interpolation.ts'
import { defineSchedule } from './schedule.ts'

/**
 * A linear warm-up before another schedule, which starts where the warm-up ends.
 *
 *   alpha(k) = then(0) (from + (1 - from) k / W)   k < W
 *   alpha(k) = then(k - W)                         k >= W
 *
 * `steps` is W; `from` is a fraction. By default it is 1 / (W + 1), which makes the ramp then(0) (k + 1) / (W + 1): equal
 * steps from one above 0, so that no update is wasted on a rate of 0, up to the whole value at k = W.
 * The forms in use differ in `from` alone: PyTorch's SequentialLR of a LinearLR has its start_factor, 1 / 3 by default;
 * `from: 0`, a first rate of 0, is the ramp k / W of BERT and of Hugging Face's transformers.
 * Source: Goyal et al. 2017, arXiv:1706.02677, section 2.2, gradual warm-up.
 *
 * @example warmup({ steps: 4, then: cosine({ initial: 0.1, steps: 100 }) })(0) // 0.02
 */
export const warmup = defineSchedule({
  name: 'warmup',
  equation: 'alpha(k) = then(0) * (from + (1 - from) * k / W) while k < W, then(k - W) from there on',
  parameters: {
    steps: { atLeast: 0, integer: true },
    from: { optional: true, atLeast: 0, atMost: 1 },
    // biome-ignore lint/suspicious/noThenProperty: it is never awaited, and it is what one says: warm-up, then that.
    then: { kind: 'schedule' },
  },
  at: ({ steps, from, then }) => {
    const peak = then(0)
    return (step) => (step < steps ? peak * warmupFraction(step, steps, from) : then(step - steps))
  },
})
