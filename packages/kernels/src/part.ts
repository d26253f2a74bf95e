/**
 * What part `index` of `parts` does of `length` items: parts differ by less than two units, and all but the last are a
 * multiple of it; where there are few items some are empty, but not the first.
 */
export function partOf(
  length: number,
  index: number,
  parts: number,
  unit = 1,
): { readonly start: number; readonly count: number } {
  const units = Math.ceil(length / unit)
  const startOf = (part: number): number => Math.min(length, Math.ceil((units * part) / parts) * unit)
  return { start: startOf(index), count: startOf(index + 1) - startOf(index) }
}
