import { deeper, depth, emit } from './emission.ts'
import { unsigned } from './encoding.ts'
import type { AnyFunction } from './types.ts'

// Control instructions: sections 2.4.8 and 5.4.1 of the WebAssembly Core Specification.

/** Where a branch goes: to the end of a block, or to the start of a loop. */
export interface Label {
  /** How many blocks its inside lies in. */
  readonly depth: number
}

const empty = 0x40
const elseMark = 0x05
export const endMark = 0x0b

/** A branch to its label leaves the block. No block takes or leaves values. */
export function block(body: (exit: Label) => void): void {
  enclose(0x02, body)
}

/** A branch to its label starts again; without one it runs once. */
export function loop(body: (again: Label) => void): void {
  enclose(0x03, body)
}

/** Takes a condition and runs one of two bodies. */
export function if_(yes: (exit: Label) => void, no?: (exit: Label) => void): void {
  enclose(0x04, (exit) => {
    yes(exit)
    if (no === undefined) return
    emit(elseMark)
    no(exit)
  })
}

export function br(label: Label): void {
  emit(0x0c, ...unsigned(depth() - label.depth))
}

/** Takes a condition, and branches if it holds. */
export function br_if(label: Label): void {
  emit(0x0d, ...unsigned(depth() - label.depth))
}

/** Takes the arguments, leaves the results. */
export function call(callee: AnyFunction): void {
  emit(0x10, callee)
}

/** Takes a, b and a condition; leaves a if the condition holds, else b. */
export function select(): void {
  emit(0x1b)
}

function enclose(opcode: number, body: (label: Label) => void): void {
  emit(opcode, empty)
  deeper(() => body({ depth: depth() }))
  emit(endMark)
}
