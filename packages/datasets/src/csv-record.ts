import { clip, quote } from './clip.ts'
import type { CsvOptions } from './csv-options.ts'
import { parseDecimal } from './decimal.ts'
import { DatasetError } from './errors.ts'

/** Which field of a record is what. */
export interface CsvLayout {
  readonly fieldCount: number
  readonly labelIndex: number
  readonly featureCount: number
  readonly names: readonly string[] | undefined
  readonly featureNames: readonly string[] | undefined
}

/**
 * The layout of all records, from the first one (which is the header, where there is one).
 * Throws DatasetError `bad-record` for fewer than 2 fields, `mismatch` where the label column is not there.
 */
export function layOut(
  first: readonly string[],
  options: CsvOptions,
  place: { file: string; line: number },
): CsvLayout {
  const { labelColumn = first.length - 1 } = options
  if (first.length < 2)
    throw new DatasetError('bad-record', {
      ...place,
      expected: 'at least 2 fields, a feature and a label',
      received: `${first.length}`,
    })
  const labelIndex = typeof labelColumn === 'string' ? first.indexOf(labelColumn) : labelColumn
  if (typeof labelColumn === 'string' && (labelIndex === -1 || first.lastIndexOf(labelColumn) !== labelIndex))
    throw new DatasetError('mismatch', {
      ...place,
      expected: `one label column named ${quote(labelColumn)}`,
      received: `the columns ${clip(first.map(quote).join(', '), 200)}`,
    })
  if (labelIndex >= first.length)
    throw new DatasetError('mismatch', {
      ...place,
      expected: `a label column with index ${labelIndex}`,
      received: `${first.length} columns`,
    })
  const names = options.header === true ? first : undefined
  return {
    fieldCount: first.length,
    labelIndex,
    featureCount: first.length - 1,
    names,
    featureNames: names?.filter((_, index) => index !== labelIndex),
  }
}

/**
 * The features of a record, and its label. `lastLine` is the line on which the record ends.
 * Throws DatasetError `bad-record` for another number of fields, `bad-value` for a field.
 */
export function readCsvRecord(
  fields: readonly string[],
  layout: CsvLayout,
  file: string,
  lastLine: number,
  isFirst: boolean,
): { row: Float32Array; label: string } {
  const { fieldCount, labelIndex, names } = layout
  if (fields.length !== fieldCount)
    throw new DatasetError('bad-record', {
      file,
      line: lineOfField(fields, 0, lastLine),
      expected: `${fieldCount} fields`,
      received: `${fields.length}`,
    })
  const row = new Float32Array(fieldCount - 1)
  for (let index = 0; index < fieldCount; index++) {
    const field = fields[index]
    const value = index === labelIndex ? 0 : parseDecimal(field)
    if (field === '' || !Number.isFinite(Math.fround(value))) {
      const content = index === labelIndex ? 'a label' : 'a finite number'
      const name = names === undefined ? '' : ` in column ${quote(names[index])}`
      const hint = isFirst && names === undefined ? ' (or the option header or skipLines)' : ''
      throw new DatasetError('bad-value', {
        file,
        line: lineOfField(fields, index, lastLine),
        column: index + 1,
        expected: content + name + hint,
        received: field === '' ? 'an empty field' : quote(field),
      })
    }
    if (index !== labelIndex) row[index < labelIndex ? index : index - 1] = value
  }
  return { row, label: fields[labelIndex] }
}

/** The line on which a field starts, of a record that ends on `lastLine`: quoted fields may hold line ends. */
function lineOfField(fields: readonly string[], index: number, lastLine: number): number {
  return lastLine - (fields.slice(index).join('').split('\n').length - 1)
}
