/** Checks of arguments that say which one, what was given, and what is allowed. */
export function checkCount(name: string, value: number, least = 0): void {
  if (Number.isSafeInteger(value) && value >= least) return
  throw new RangeError(`${name} must be an integer of at least ${least}, received ${value}`)
}

export function checkBytes(name: string, bytes: number, most: number): void {
  if (bytes <= most) return
  throw new RangeError(`${name} must have at most ${most} bytes, received ${bytes}`)
}

export function checkDurationMs(name: string, value: number, allowZero: boolean): void {
  if (Number.isFinite(value) && (allowZero ? value >= 0 : value > 0)) return
  throw new RangeError(`${name} must be a finite number ${allowZero ? '>= 0' : '> 0'}, received ${value}`)
}
