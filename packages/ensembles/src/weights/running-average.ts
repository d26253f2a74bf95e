import { decodeNumbers, encodeNumbers } from './saved-numbers.ts'
import {
  checkFinite,
  checkLayout,
  labelOf,
  layoutOf,
  type Tensor,
  tensorOf,
  type Weights,
  zeros,
} from './tensors.ts'

/** An average of weights, kept in f64 whatever their precision. */
export interface RunningAverage<W extends Weights> {
  /** Throws TypeError or RangeError for weights that do not fit or are not finite. */
  check(place: string, weights: W): void
  /** a <- a + share (w - a), in place; nothing changes where it throws. */
  take(place: string, weights: W, share: number): void
  /** What the average would be after `take`. */
  preview(weights: W, share: number): W
  /** The average, in the form and the precision of the weights; into `out` where it is given. */
  write(place: string, out?: W): W
  /** By name, base64 of f64. */
  save(): Readonly<Record<string, string>>
  /** Throws TypeError or RangeError for what `save` cannot have made for such weights, and changes nothing then. */
  restore(saved: unknown): void
}

/** An average of weights like these, which give names, lengths and precisions and are not taken. */
export function createRunningAverage<W extends Weights>(owner: string, like: W): RunningAverage<W> {
  const layout = layoutOf(owner, like)
  const averages = Array.from(layout.tensors.values(), ({ name, length }) => ({
    name,
    average: new Float64Array(length),
  }))

  function check(place: string, weights: W): void {
    checkLayout(place, layout, weights)
    checkFinite(place, layout, weights)
  }

  return {
    check,

    take(place, weights, share) {
      check(place, weights)
      for (const { name, average } of averages) {
        const values = tensorOf(weights, name)
        if (values !== undefined) approach(average, values, share, average)
      }
    },

    preview(weights, share) {
      const mixed = zeros<W>(layout)
      for (const { name, average } of averages) {
        const values = tensorOf(weights, name)
        const out = tensorOf(mixed, name)
        if (values !== undefined && out !== undefined) approach(average, values, share, out)
      }
      return mixed
    },

    write(place, out = zeros<W>(layout)) {
      checkLayout(place, layout, out)
      for (const { name, average } of averages) tensorOf(out, name)?.set(average)
      return out
    },

    save: () =>
      Object.fromEntries(averages.map(({ name, average }) => [name, encodeNumbers(owner, average)] as const)),

    restore(saved) {
      if (typeof saved !== 'object' || saved === null) {
        throw new TypeError(`${owner}: the saved tensors must be an object, got ${saved}`)
      }
      const given = new Map<string, unknown>(Object.entries(saved))
      const decoded = averages.map(({ name }) => {
        if (given.has(name)) return [name, decodeNumbers(owner, given.get(name))] as const
        throw new TypeError(`${owner}: ${labelOf(name)} is missing from the saved state`)
      })
      for (const [index, [name, values]] of decoded.entries()) {
        const { length } = averages[index].average
        if (values.length === length) continue
        throw new RangeError(
          `${owner}: ${labelOf(name)} must have length ${length}, got ${values.length} in the saved state`,
        )
      }
      for (const name of given.keys()) {
        if (!layout.tensors.has(name))
          throw new TypeError(`${owner}: unknown tensor '${name}' in the saved state`)
      }
      for (const [index, [, values]] of decoded.entries()) averages[index].average.set(values)
    },
  }
}

/** out = a + share (w - a), which leaves an average of equal weights as it is, to the last bit. */
function approach(average: Float64Array, values: Tensor, share: number, out: Tensor): void {
  if (share === 1) {
    out.set(values)
    return
  }
  for (let index = 0; index < average.length; index++) {
    out[index] = average[index] + share * (values[index] - average[index])
  }
}
