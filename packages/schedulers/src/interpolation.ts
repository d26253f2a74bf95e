/**
 * A mean of two values, with weights that add up to 1; exact where one weight is 0. Small values keep their relative
 * accuracy near both ends, which last + (first - last) * weight loses near one of them.
 */
export function weighted(first: number, last: number, weight: number, otherWeight = 1 - weight): number {
  const mean = first * weight + last * otherWeight
  // Rounding may leave the interval by an ulp.
  return Math.min(Math.max(mean, Math.min(first, last)), Math.max(first, last))
}

/** On a straight line from one value to another: after `position` of `length`, both of which are at least 0. */
export function linearBetween(first: number, last: number, position: number, length: number): number {
  return weighted(first, last, (length - position) / length, position / length)
}

/** The same along half a cosine, which leaves and arrives with slope 0: (1 + cos x) / 2 is cos^2 (x / 2). */
export function cosineBetween(first: number, last: number, position: number, length: number): number {
  if (position === length) return last
  const angle = (Math.PI / 2) * (position / length)
  return weighted(first, last, Math.cos(angle) ** 2, Math.sin(angle) ** 2)
}

/**
 * Step `step` of a warm-up over `steps`, as a fraction of the value it rises to: a straight line from `from`, which is
 * taken at 0, to 1, which is taken at `steps`. Without `from` the line is (step + 1) / (steps + 1).
 */
export function warmupFraction(step: number, steps: number, from?: number): number {
  if (step >= steps) return 1
  return from === undefined ? (step + 1) / (steps + 1) : linearBetween(from, 1, step, steps)
}

/**
 * The two phases of PyTorch's one cycle, each half a cosine: the turn is reached at fraction * steps - 1, the end at
 * steps - 1.
 */
export function upAndDown(start: number, turn: number, end: number, steps: number, fraction: number) {
  const turnStep = fraction * steps - 1
  const lastStep = steps - 1
  return (step: number): number => {
    const at = Math.min(step, lastStep)
    if (at === turnStep) return turn
    return at < turnStep
      ? cosineBetween(start, turn, at, turnStep)
      : cosineBetween(turn, end, at - turnStep, lastStep - turnStep)
  }
}
