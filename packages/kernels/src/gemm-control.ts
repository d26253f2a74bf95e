import { block, br, br_if, call, i32, type Local, loop } from './assembler/index.ts'
import { type Emit, get, minus, set, whole } from './emit.ts'
import type { Kernel } from './kernel.ts'

/** Runs a body `count` times, 1 or more; `left` counts down. */
export function repeat(left: Local<'i32'>, count: number, body: () => void): void {
  if (count === 1) {
    body()
    return
  }
  set(left, whole(count))
  loop((again) => {
    body()
    set(left, minus(get(left), whole(1)))
    get(left)()
    br_if(again)
  })
}

/** Runs a body until `left` is 0; the body must lower it. */
export function untilNone(left: Local<'i32'>, body: () => void): void {
  block((exit) => {
    loop((again) => {
      i32.eqz(left)
      br_if(exit)
      body()
      br(again)
    })
  })
}

/** Calls a kernel from another. */
export function invoke({ func }: Kernel, ...values: readonly Emit[]): void {
  for (const value of values) value()
  call(func)
}
