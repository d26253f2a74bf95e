import { br_if, i32, if_, type Local, local, loop, select } from './assembler/index.ts'

/**
 * Code that leaves one value on the stack, not yet emitted. Kernels are written as nested expressions of these, so that
 * operands are always emitted in the order in which they are written.
 */
export type Emit = () => void

/** The value of a local. */
export function get(variable: Local): Emit {
  return () => local.get(variable)
}

/** Stores a value in a local. */
export function set(variable: Local, value: Emit): void {
  value()
  local.set(variable)
}

/** A whole number. */
export function whole(value: number): Emit {
  return () => i32.const(value)
}

/** The sum of two addresses or counts. */
export function plus(a: Emit, b: Emit): Emit {
  return () => {
    a()
    b()
    i32.add()
  }
}

/** The difference of two addresses or counts. */
export function minus(a: Emit, b: Emit): Emit {
  return () => {
    a()
    b()
    i32.sub()
  }
}

/** The product of two counts or strides. */
export function times(a: Emit, b: Emit): Emit {
  return () => {
    a()
    b()
    i32.mul()
  }
}

/** The smaller of two counts, unsigned; both are emitted twice. */
export function smaller(a: Emit, b: Emit): Emit {
  return () => {
    a()
    b()
    a()
    b()
    i32.lt_u()
    select()
  }
}

/** `variable += amount`. */
export function advance(variable: Local<'i32'>, amount: Emit): void {
  set(variable, plus(get(variable), amount))
}

/**
 * Repeats the body while `variable < end` (unsigned); the body must advance `variable`. The condition stands before the
 * loop and again at its end, where it takes one branch a turn instead of two.
 */
export function whileBelow(variable: Local<'i32'>, end: Emit, body: () => void): void {
  const isBelow: Emit = () => {
    local.get(variable)
    end()
    i32.lt_u()
  }
  isBelow()
  if_(() =>
    loop((again) => {
      body()
      isBelow()
      br_if(again)
    }),
  )
}

/** Runs one of two bodies, by a condition. */
export function when(condition: Emit, yes: () => void, no: () => void): void {
  condition()
  if_(yes, no)
}
