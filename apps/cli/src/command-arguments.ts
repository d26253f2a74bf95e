import { type RecordedKey, recordedKeySchema, seriesKeys } from '@thalweg/document'
import { InvalidArgumentError } from 'commander'

/** A parser for whole numbers from `least` to `most`. */
export function integerFrom(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (/^\d+$/.test(text) && value >= least && value <= most) return value
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`)
  }
}

/** Series keys separated by commas. */
export function seriesKeyList(text: string): readonly RecordedKey[] {
  return text.split(',').map((part) => {
    const key = recordedKeySchema.safeParse(part.trim())
    if (key.success) return key.data
    throw new InvalidArgumentError(
      `There is no series "${part.trim()}"; there are: ${seriesKeys.join(', ')}, and those of tensors, such as dense1.weight.norm.`,
    )
  })
}
