import { rowCount, type Table } from './predictions.ts'

/** The class with the largest number of each row [rows]; of equal ones the lowest. */
export function argmax(table: Table, classes: number): Int32Array {
  const rows = rowCount('argmax', 'table', table, classes)
  return Int32Array.from({ length: rows }, (_, row) => rowArgmax(table, row, classes))
}

/** The class with the largest number of one row; of equal ones the lowest. */
export function rowArgmax(table: Table, row: number, classes: number): number {
  const first = row * classes
  let best = 0
  for (let index = 1; index < classes; index++) {
    if (table[first + index] > table[first + best]) best = index
  }
  return best
}
