// The browser build: it carries its own byte buffer, so that this file needs no global of Node.
import { CsvError, parse } from 'csv-parse/browser/esm/sync'
import { collectClasses } from './classes.ts'
import { clip } from './clip.ts'
import { type CsvOptions, checkCsvOptions } from './csv-options.ts'
import { type CsvLayout, layOut, readCsvRecord } from './csv-record.ts'
import type { Split } from './dataset.ts'
import { DatasetError } from './errors.ts'

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
  const { delimiter, skipLines } = checkCsvOptions(options)
  const { rest, skipped } = dropLines(text, skipLines)
  let layout: CsvLayout | undefined
  const rows: Float32Array[] = []
  const labels: string[] = []

  const receive = (fields: string[], lastLine: number): void => {
    if (layout === undefined) {
      layout = layOut(fields, options, { file: source, line: lastLine })
      if (options.header === true) return
    }
    const { row, label } = readCsvRecord(fields, layout, source, lastLine, rows.length === 0)
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
