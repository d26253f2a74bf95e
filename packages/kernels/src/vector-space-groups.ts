import { type EmittedFunction, i32, if_, type Local } from './assembler/index.ts'
import { advance, type Emit, get, minus, plus, times, whileBelow, whole } from './emit.ts'

/** Bytes of an address in a table of vectors. */
export const addressBytes = 4

/** How many vectors the first group has, of `size` or fewer, so that all others are of `size`; `count` >= 1. */
export function firstGroup(count: Local<'i32'>, size: number): Emit {
  return plus(() => {
    minus(get(count), whole(1))()
    i32.const(size)
    i32.rem_u()
  }, whole(1))
}

/** A table of vectors that is walked in groups, and an array beside it that has some bytes for each vector. */
interface Groups {
  /** What to do with a first group of one, two … vectors, and with any other. */
  readonly starts: readonly EmittedFunction[]
  readonly others: EmittedFunction
  /** The size of the first group. */
  readonly first: Local<'i32'>
  /** The places in the table and in the array, both at their start. */
  readonly vector: Local<'i32'>
  readonly beside: Local<'i32'>
  readonly besideBytes: number
  /** Where the table ends. */
  readonly end: Local<'i32'>
}

/** Emits a call for each group, and moves the two places on. */
export function eachGroup(groups: Groups, callGroup: (group: EmittedFunction) => void): void {
  const { starts, others, first, vector, beside, besideBytes, end } = groups
  const moveOn = (count: Emit): void => {
    advance(vector, times(count, whole(addressBytes)))
    advance(beside, times(count, whole(besideBytes)))
  }
  for (const [index, start] of starts.entries()) {
    i32.eq(first, index + 1)
    if_(() => callGroup(start))
  }
  moveOn(get(first))
  whileBelow(vector, get(end), () => {
    callGroup(others)
    moveOn(whole(starts.length))
  })
}
