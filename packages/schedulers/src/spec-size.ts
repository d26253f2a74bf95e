/** Bounds on a schedule that comes as data: how deep schedules may stand in one another, and how many in all. */
export const specLimits = { depth: 8, parts: 32 } as const

/**
 * What makes a description of a schedule too large, in words; undefined if nothing does. It looks at any value, whether
 * it is a schedule or not, and no further than the bounds: what is within them may be read recursively.
 */
export function specSizeFault(spec: unknown): string | undefined {
  const waiting = [{ value: spec, depth: 1 }]
  let parts = 0
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { value, depth } = next
    if (typeof value !== 'object' || value === null) continue
    parts += 1
    if (depth > specLimits.depth) return `schedules may be ${specLimits.depth} deep, got more`
    if (parts > specLimits.parts) return `a schedule may have ${specLimits.parts} parts, got more`
    for (const member of Object.values(value)) {
      for (const inner of Array.isArray(member) ? member : [member]) {
        waiting.push({ value: inner, depth: depth + 1 })
      }
    }
  }
  return undefined
}
