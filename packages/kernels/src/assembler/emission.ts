import type { AnyFunction, Code } from './types.ts'

/**
 * The function that is being emitted: instructions append to it, so that a kernel reads as the code that it becomes.
 */
let current: { readonly code: (number | AnyFunction)[]; depth: number } | undefined

/** The code that a body's instructions append. */
export function emission(body: () => void): Code {
  const outer = current
  const code: (number | AnyFunction)[] = []
  current = { code, depth: 0 }
  try {
    body()
  } finally {
    current = outer
  }
  return code
}

/** Appends bytes, or callees where their index will stand. */
export function emit(...code: Code): void {
  emitting().code.push(...code)
}

/** How many blocks the code at hand is inside of. */
export function depth(): number {
  return emitting().depth
}

/** Runs a body one block deeper. */
export function deeper(body: () => void): void {
  const emission = emitting()
  emission.depth++
  body()
  emission.depth--
}

function emitting() {
  if (current === undefined) throw new Error('an instruction stands outside of a function')
  return current
}
