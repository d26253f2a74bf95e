import { emit } from './emission.ts'
import { unsigned } from './encoding.ts'

/** Takes its operands from the stack and leaves its result there. */
export type Instruction = () => void

/** Where a load or store goes, beside the address on the stack. */
export interface Place {
  /** Bytes, in [0, 2^32). */
  readonly offset?: number
  /** Bytes, a power of 2: what the address is said to be a multiple of. By default the width of what is accessed. */
  readonly align?: number
}

/** An instruction without immediates. */
export function plain(...opcode: readonly number[]): Instruction {
  return () => emit(...opcode)
}

/** A load or store of `bytes`; section 5.4.6 of the WebAssembly Core Specification. */
export function access(bytes: number, ...opcode: readonly number[]): (place?: Place) => void {
  return ({ offset = 0, align = bytes } = {}) => emit(...opcode, Math.log2(align), ...unsigned(offset))
}

/** The opcode of a vector instruction: a prefix and a number; section 5.4.8. */
export function simd(opcode: number): number[] {
  return [0xfd, ...unsigned(opcode)]
}

/** A vector instruction without immediates. */
export function vectorial(opcode: number): Instruction {
  return plain(...simd(opcode))
}

type Words<S extends string> = S extends `${infer First} ${infer Rest}` ? First | Words<Rest> : S

/** Instructions with consecutive opcodes, by their names in that order, separated by spaces. */
export function consecutive<I, const S extends string>(
  make: (opcode: number) => I,
  first: number,
  names: S,
): Readonly<Record<Words<S>, I>> {
  const entries = names.split(' ').map((name, index) => [name, make(first + index)])
  return Object.fromEntries(entries) as Record<Words<S>, I>
}
