import type { Mask } from './arena.ts'
import type { Batch } from './model.ts'

/**
 * Fills the masks of a batch's dropout layers for its first `rows` samples: each factor 0 with probability `rate`, else
 * 1 / (1 - rate). `uniform()` draws from [0, 1) with 53 bits.
 *
 * Throws RangeError for more rows than the batch has.
 */
export function drawMasks({ masks }: Pick<Batch, 'masks'>, rows: number, uniform: () => number): void {
  for (const mask of masks) drawMask(mask, rows, uniform)
}

/**
 * Six decisions from one number, of eight bits each: a byte decides alone unless it equals the whole part of 256 rate; then
 * a number of its own is compared with the rest. So the probability is exactly `rate`, at little more than a sixth of a draw.
 */
function drawMask({ factors, features, rate }: Mask, rows: number, uniform: () => number): void {
  const most = factors.length / features
  if (!(Number.isInteger(rows) && rows >= 0 && rows <= most)) {
    throw new RangeError(`drawMasks: rows must be a whole number in [0, ${most}], got ${rows}`)
  }
  const count = rows * features
  const kept = 1 / (1 - rate)
  const whole = Math.floor(256 * rate)
  const rest = 256 * rate - whole
  for (let index = 0; index < count; ) {
    const drawn = 2 ** 24 * uniform()
    const first = Math.floor(drawn)
    let bits = first
    for (let half = 0; half < 2; half++) {
      for (let shift = 0; shift < 24 && index < count; shift += 8, index++) {
        const byte = (bits >>> shift) & 255
        if (byte === whole) factors[index] = uniform() < rest ? 0 : kept
        // The difference is negative for what is kept: without a branch, which nobody could predict.
        else factors[index] = kept * ((whole - byte) >>> 31)
      }
      bits = Math.floor(2 ** 24 * (drawn - first))
    }
  }
}
