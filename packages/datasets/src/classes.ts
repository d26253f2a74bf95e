import { parseDecimal } from './decimal.ts'

/**
 * Turns labels into class indices. Where every label is a finite decimal number, classes are ordered by
 * number ("1" and "1.0" are one class); else by text, in order of code units.
 */
export function collectClasses(labels: readonly string[]): { classNames: string[]; indices: Int32Array } {
  const distinct = [...new Set(labels)]
  const numeric = distinct.every((label) => Number.isFinite(parseDecimal(label)))
  const classNames = numeric
    ? [...new Set(distinct.map(Number))].sort((a, b) => a - b).map(String)
    : distinct.sort((a, b) => (a < b ? -1 : 1))
  const indexOfName = new Map(classNames.map((name, index) => [name, index]))
  const indexOfLabel = new Map(
    distinct.map((label) => [label, indexOfName.get(numeric ? String(Number(label)) : label) ?? 0]),
  )
  return { classNames, indices: Int32Array.from(labels, (label) => indexOfLabel.get(label) ?? 0) }
}
