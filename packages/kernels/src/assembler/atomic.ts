import { emit } from './emission.ts'
import { access, type Place } from './instruction.ts'

// Instructions of the threads proposal. Every address must be a multiple of what is accessed.

const prefix = 0xfe

/** An atomic access of an i32. */
function atomic(opcode: number): (place?: Place) => void {
  return access(4, prefix, opcode)
}

export const atomics = {
  /** Address, most threads to wake: leaves how many were woken. */
  notify: atomic(0x00),
  /**
   * Address, value, most nanoseconds (i64; negative: for ever): sleeps while the address holds the value. Leaves 0 when
   * woken, 1 where it held another value, 2 when the time was over.
   */
  wait: atomic(0x01),
  load: atomic(0x10),
  store: atomic(0x17),
  /** Address, amount: leaves the value before. */
  add: atomic(0x1e),
} as const

/** Takes a value from the stack and forgets it. */
export function drop(): void {
  emit(0x1a)
}
