import { formatChosen } from './terminal/number-format.ts'

/** A named part of a document in a line: `adam, learningRate 0.01, beta1 0.9, beta2 0.999, epsilon 1e-8`. */
export function partText(part: { readonly name: string }): string {
  const entries = Object.entries(part).filter(
    ([key, value]) => key !== 'name' && value !== undefined && !isEmptyList(value),
  )
  return [part.name, ...entries.map(([key, value]) => `${key} ${valueText(value)}`)].join(', ')
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0
}

function valueText(value: unknown): string {
  if (typeof value === 'number') return formatChosen(value)
  if (typeof value === 'string') return value.replace(/\s*\n\s*/g, '; ').trim()
  if (Array.isArray(value)) return `[${value.map(valueText).join(', ')}]`
  if (typeof value !== 'object' || value === null) return String(value)
  const inner = Object.entries(value).map(([key, one]) =>
    key === 'name' ? valueText(one) : `${key} ${valueText(one)}`,
  )
  return inner.join(' ')
}
