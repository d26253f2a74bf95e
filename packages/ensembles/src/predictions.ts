/** A table of numbers, row-major [rows, classes]: logits, or probabilities whose rows sum to 1. */
export type Table = Float32Array | Float64Array

/** One model's probabilities, row-major [rows, classes]; with a name, errors say it. */
export type Member = Table | NamedMember

export interface NamedMember {
  readonly name: string
  readonly predictions: Table
}

/** Members that fit together: one label for errors and one table each, of as many rows. */
export interface CheckedMembers {
  readonly labels: readonly string[]
  readonly tables: readonly Table[]
  readonly rows: number
}

/** How far the sum of a row of probabilities may be from 1: 1e-6, of Float32Array 1e-4. */
function sumTolerance(table: Table): number {
  return table instanceof Float32Array ? 1e-4 : 1e-6
}

/** How errors name a member: `member 'b'`, or `member 1` where it has no name. */
export function memberLabel(member: Member, index: number): string {
  return 'predictions' in member ? `member '${member.name}'` : `member ${index}`
}

export function memberTable(member: Member): Table {
  return 'predictions' in member ? member.predictions : member
}

/** Throws unless `classes` is a whole number of at least 2. */
export function checkClasses(caller: string, classes: number): void {
  if (!Number.isSafeInteger(classes) || classes < 2) {
    throw new RangeError(`${caller}: classes must be a whole number in [2, ∞), got ${classes}`)
  }
}

/** The rows of a table; throws unless it is a typed array of one or more whole rows. `what` names it. */
export function rowCount(caller: string, what: string, table: Table, classes: number): number {
  checkClasses(caller, classes)
  if (!(table instanceof Float32Array || table instanceof Float64Array)) {
    throw new TypeError(`${caller}: ${what} must be a Float32Array or a Float64Array`)
  }
  if (table.length === 0 || table.length % classes !== 0) {
    throw new RangeError(
      `${caller}: ${what} must hold one or more whole rows of ${classes} classes, got ${table.length} numbers`,
    )
  }
  return table.length / classes
}

/** The rows of a table of probabilities; throws for NaN, negative numbers, and rows that do not sum to 1. */
export function checkProbabilities(caller: string, what: string, table: Table, classes: number): number {
  const rows = rowCount(caller, what, table, classes)
  const tolerance = sumTolerance(table)
  for (let row = 0; row < rows; row++) {
    let sum = 0
    for (let at = row * classes; at < (row + 1) * classes; at++) {
      const value = table[at]
      if (!(value >= 0)) {
        const place = `${what} row ${row} class ${at - row * classes}`
        throw new RangeError(`${caller}: ${place} must be a probability in [0, 1], got ${value}`)
      }
      sum += value
    }
    if (!(Math.abs(sum - 1) <= tolerance)) {
      throw new RangeError(`${caller}: ${what} row ${row} must sum to 1, got ${shortened(sum)}`)
    }
  }
  return rows
}

/** The rows of a table of logits; throws unless every one is finite. */
export function checkLogits(caller: string, what: string, table: Table, classes: number): number {
  const rows = rowCount(caller, what, table, classes)
  for (let at = 0; at < table.length; at++) {
    if (!Number.isFinite(table[at])) {
      const place = `${what} row ${Math.floor(at / classes)} class ${at % classes}`
      throw new RangeError(`${caller}: ${place} must be finite, got ${table[at]}`)
    }
  }
  return rows
}

/** Throws unless there is one label for each row, a whole number in [0, classes). */
export function checkLabels(caller: string, labels: ArrayLike<number>, rows: number, classes: number): void {
  if (labels.length !== rows) {
    throw new RangeError(`${caller}: labels must be one for each of ${rows} rows, got ${labels.length}`)
  }
  for (let row = 0; row < rows; row++) {
    const label = labels[row]
    if (!(Number.isInteger(label) && label >= 0 && label < classes)) {
      throw new RangeError(
        `${caller}: labels row ${row} must be a whole number in [0, ${classes}), got ${label}`,
      )
    }
  }
}

/** One or more members, each a table of probabilities of as many rows as the first; throws otherwise. */
export function checkMembers(caller: string, members: readonly Member[], classes: number): CheckedMembers {
  if (members.length === 0) throw new RangeError(`${caller}: members must be one or more, got none`)
  const labels = members.map(memberLabel)
  const tables = members.map(memberTable)
  let rows = 0
  for (const [index, table] of tables.entries()) {
    const own = rowCount(caller, labels[index], table, classes)
    if (index === 0) rows = own
    else checkRows(caller, labels[index], own, rows)
    checkProbabilities(caller, labels[index], table, classes)
  }
  return { labels, tables, rows }
}

/** Throws unless a table has as many rows as it must. */
export function checkRows(caller: string, what: string, rows: number, expected: number): void {
  if (rows !== expected) {
    throw new RangeError(`${caller}: ${what} must have ${expected} rows, got ${rows}`)
  }
}

/** Throws unless a weight is finite and at least 0; `what` names it. */
export function checkWeight(caller: string, what: string, weight: number): void {
  if (!(weight >= 0 && weight < Infinity)) {
    throw new RangeError(`${caller}: ${what} must be a number in [0, ∞), got ${weight}`)
  }
}

/**
 * Weights divided by their sum, all equal where none are given. Throws unless there are `count`, each at least 0, with a
 * finite sum above 0.
 */
export function normalizedWeights(
  caller: string,
  weights: ArrayLike<number> | undefined,
  count: number,
): Float64Array {
  if (weights === undefined) return new Float64Array(count).fill(1 / count)
  if (weights.length !== count) {
    throw new RangeError(`${caller}: weights must be one for each of ${count} members, got ${weights.length}`)
  }
  let sum = 0
  for (let index = 0; index < count; index++) {
    checkWeight(caller, `weights[${index}]`, weights[index])
    sum += weights[index]
  }
  if (!(sum > 0 && sum < Infinity)) {
    throw new RangeError(`${caller}: weights must have a sum in (0, ∞), got ${sum}`)
  }
  return Float64Array.from(weights, (weight) => weight / sum)
}

/** A number with at most nine digits, for messages. */
function shortened(value: number): string {
  return String(Number(value.toPrecision(9)))
}
