// The browser build: it carries its own byte buffer, so that this file needs no global of Node.
import { CsvError, parse } from 'csv-parse/browser/esm/sync'
import { collectClasses } from './classes.ts'
import type { Split } from './dataset.ts'
import { parseDecimal } from './decimal.ts'
import { DatasetError } from './errors.ts'
import { requireInteger } from './ranges.ts'

export interface CsvOptions {
  /** Whether the first line (after `skipLines`) names the columns. Default false. */
  readonly header?: boolean | undefined
  /** One character between fields. Default ','. */
  readonly delimiter?: string | undefined
  /** The column of the class: its name (with `header`), or its index from 0. Default: the last. */
  readonly labelColumn?: string | number | undefined
  /** Lines at the start that are no data, >= 0. Default 0. */
  readonly skipLines?: number | undefined
}

/** A table of numbers with a class for each row. */
export interface CsvTable {
  readonly data: Split
  readonly featureCount: number
  /** Names of the classes 0, 1, ...: numbers in numeric order, other text by code unit. */
  readonly classNames: readonly string[]
  /** With `header`: names of the columns that are features. */
  readonly featureNames?: readonly string[]
}

/**
 * Reads a table: every field but the label a decimal number (finite also in f32), every record as long as
 * the first, no field empty. Fields may be quoted ("); white space around them and empty lines are ignored.
 *
 * Labels that are all numbers become classes in numeric order, others in the order of their text.
 * `source` is the name used in errors.
 * Throws DatasetError with line and column (both from 1): `bad-value`, `bad-record` (quotes, number of
 * fields), `mismatch` (no such label column), `truncated` (no record); RangeError or TypeError for options.
 */
export function parseCsv(text: string, options: CsvOptions, source: string): CsvTable {
  const { delimiter, skipLines } = checkOptions(options)
  const { rest, skipped } = dropLines(text, skipLines)
  let layout: Layout | undefined
  let headerPending = options.header === true
  const rows: Float32Array[] = []
  const labels: string[] = []

  const receive = (fields: string[], lastLine: number): void => {
    if (layout === undefined) {
      layout = layOut(fields, options, { file: source, line: lastLine })
      if (headerPending) {
        headerPending = false
        return
      }
    }
    const { row, label } = readRecord(fields, layout, source, lastLine, rows.length === 0)
    rows.push(row)
    labels.push(label)
  }
  try {
    parse(rest, {
      delimiter,
      trim: true,
      skip_empty_lines: true,
      relax_column_count: true, // counted here, for errors of one kind
      on_record: (fields, context) => {
        receive(fields, context.lines + skipped)
        return null
      },
    })
  } catch (error) {
    throw error instanceof CsvError ? quoteError(error, source, skipped) : error
  }
  if (layout === undefined || rows.length === 0)
    throw new DatasetError('truncated', { file: source, expected: 'at least one record', received: 'none' })

  const { featureCount, featureNames } = layout
  const features = new Float32Array(rows.length * featureCount)
  rows.forEach((row, sample) => {
    features.set(row, sample * featureCount)
  })
  const { classNames, indices } = collectClasses(labels)
  const data = { samples: rows.length, features, labels: indices }
  return { data, featureCount, classNames, ...(featureNames === undefined ? {} : { featureNames }) }
}

function checkOptions(options: CsvOptions): { delimiter: string; skipLines: number } {
  const { delimiter = ',', labelColumn, header } = options
  if (typeof delimiter !== 'string' || delimiter.length !== 1 || '"\r\n'.includes(delimiter))
    throw new RangeError(
      `delimiter must be one character, no quote or line end; received ${JSON.stringify(delimiter)}`,
    )
  if (typeof labelColumn === 'string' && header !== true)
    throw new RangeError(
      `labelColumn must be an index unless header is true; received ${JSON.stringify(labelColumn)}`,
    )
  if (labelColumn !== undefined && typeof labelColumn !== 'string')
    requireInteger('labelColumn', labelColumn, 0, 2 ** 31)
  return { delimiter, skipLines: requireInteger('skipLines', options.skipLines ?? 0, 0, 2 ** 31) }
}

/** The text after `count` lines, with line ends as LF (which keeps csv-parse's count of lines right). */
function dropLines(text: string, count: number): { rest: string; skipped: number } {
  const plain = text.replace(/^\uFEFF/, '').replaceAll(/\r\n?/g, '\n')
  let start = 0
  for (let line = 0; line < count; line++) {
    const end = plain.indexOf('\n', start)
    if (end === -1) return { rest: '', skipped: count }
    start = end + 1
  }
  return { rest: plain.slice(start), skipped: count }
}

interface Layout {
  readonly fieldCount: number
  readonly labelIndex: number
  readonly featureCount: number
  readonly names: readonly string[] | undefined
  readonly featureNames: readonly string[] | undefined
}

function layOut(
  first: readonly string[],
  options: CsvOptions,
  place: { file: string; line: number },
): Layout {
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

function readRecord(
  fields: readonly string[],
  layout: Layout,
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

function quoteError(error: CsvError, file: string, skipped: number): DatasetError {
  const line = typeof error.lines === 'number' ? error.lines + skipped : undefined
  const column = typeof error.column === 'number' ? error.column + 1 : undefined
  return new DatasetError('bad-record', {
    file,
    ...(line === undefined ? {} : { line }),
    ...(column === undefined ? {} : { column }),
    expected: 'quotes around whole fields, and closed',
    received: clip(error.message, 200),
    cause: error,
  })
}

function quote(text: string): string {
  return JSON.stringify(clip(text, 40))
}

function clip(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length)}...`
}
