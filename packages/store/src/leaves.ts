/** A value of a run document, as filters see it: numbers apart from everything else, which is text. */
export interface Leaf {
  readonly key: string
  readonly num: number | null
  readonly text: string | null
}

/**
 * The leaves of a document by dotted path. Arrays are leaves, as JSON text; so are `true` and `false`.
 * What is null, undefined or an empty object has no leaf: it counts as missing.
 */
export function leavesOf(document: object, prefix = ''): readonly Leaf[] {
  return Object.entries(document).flatMap(([name, value]: [string, unknown]): readonly Leaf[] => {
    const key = `${prefix}${name}`
    if (value === null || value === undefined) return []
    if (typeof value === 'number') return [{ key, num: value, text: null }]
    if (typeof value === 'string') return [{ key, num: null, text: value }]
    if (typeof value === 'object' && !Array.isArray(value)) return leavesOf(value, `${key}.`)
    return [{ key, num: null, text: JSON.stringify(value) }]
  })
}
