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

/** The options with their defaults; RangeError or TypeError for values out of range. */
export function checkCsvOptions(options: CsvOptions): { delimiter: string; skipLines: number } {
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
