/**
 * How a double is stored: SQLite turns NaN into NULL, so the kind stands beside the value.
 * 0 finite, 1 NaN, 2 Infinity, 3 -Infinity. Infinities are stored as they are too, so that they sort and compare.
 */
export interface StoredNumber {
  readonly value: number | null
  readonly kind: number
}

export function toStored(value: number): StoredNumber {
  if (Number.isFinite(value)) return { value, kind: 0 }
  if (Number.isNaN(value)) return { value: null, kind: 1 }
  return { value, kind: value > 0 ? 2 : 3 }
}

export function fromStored(value: number | null, kind: number): number {
  if (kind === 2) return Number.POSITIVE_INFINITY
  if (kind === 3) return Number.NEGATIVE_INFINITY
  return value ?? Number.NaN
}
