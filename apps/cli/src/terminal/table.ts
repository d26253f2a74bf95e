import { stripVTControlCharacters } from 'node:util'
import Table from 'cli-table3'
import type { Colours } from './colours.ts'

export interface Column {
  readonly title: string
  /** Left by default; numbers read best to the right. */
  readonly align?: 'left' | 'right'
}

const noBorder = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
} as const

/** A table without frames: titles, a line, rows. Ends with a line break. */
export function renderTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  colours: Colours,
): string {
  const table = new Table({
    head: columns.map(({ title }) => colours.bold(title)),
    chars: noBorder,
    colAligns: columns.map(({ align }) => align ?? 'left'),
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0, compact: true },
  })
  for (const row of rows) table.push([...row])
  const [head = '', ...body] = table
    .toString()
    .split('\n')
    .map((text) => text.trimEnd())
  const width = Math.max(...[head, ...body].map((text) => stripVTControlCharacters(text).length))
  const line = colours.dim('─'.repeat(width))
  return `${[head, line, ...body].join('\n')}\n`
}
