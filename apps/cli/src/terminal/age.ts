const units = [
  ['d', 86_400],
  ['h', 3600],
  ['min', 60],
] as const

/** How long ago a moment was, in its largest unit: `12 s`, `3 min`, `5 h`, `21 d`. */
export function ageText(moment: string, nowMs: number): string {
  // The service's clock may be a little ahead of this one.
  const seconds = Math.max(0, Math.floor((nowMs - Date.parse(moment)) / 1000))
  for (const [unit, length] of units) {
    if (seconds >= length) return `${Math.floor(seconds / length)} ${unit}`
  }
  return `${seconds} s`
}
