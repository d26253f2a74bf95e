/** A measured number to about three figures: `0.0312`, `1.10`, `2311`, `4.21e-7`, `NaN`. */
export function formatMeasured(value: number): string {
  if (!Number.isFinite(value)) return String(value)
  if (value === 0) return '0'
  const magnitude = Math.abs(value)
  if (magnitude < 1e-4 || magnitude >= 1e6) return value.toExponential(2)
  return magnitude >= 100 ? String(Math.round(value)) : value.toPrecision(3)
}

/** A fraction as a percentage to one decimal: `98.3%`. */
export function formatPercent(fraction: number): string {
  return Number.isFinite(fraction) ? `${(100 * fraction).toFixed(1)}%` : String(fraction)
}

/** A chosen number, exactly and as short as it goes: `0.01`, `1e-3`, `250`. */
export function formatChosen(value: number): string {
  const exponential = value.toExponential().replace('e+', 'e')
  const decimal = String(value)
  return exponential.length < decimal.length ? exponential : decimal
}
