import { stripVTControlCharacters } from 'node:util'
import Table from 'cli-table3'
import stringWidth from 'string-width'
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

/** Texts are not cut below this; a table that is still too wide wraps. */
const narrowestText = 10
const gap = noBorder.middle.length

/** A table without frames: titles, a line, rows. Ends with a line break. Texts are cut where it would be wider than `maxWidth`. */
export function renderTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  colours: Colours,
  maxWidth = Number.POSITIVE_INFINITY,
): string {
  const table = new Table({
    colWidths: fittingWidths(columns, rows, maxWidth),
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

/** Every column as wide as its widest cell; then the widest texts give way, one character at a time. */
function fittingWidths(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  maxWidth: number,
): number[] {
  const widths = columns.map(({ title }, index) =>
    Math.max(...[title, ...rows.map((row) => row[index] ?? '')].map((text) => stringWidth(text))),
  )
  const total = (): number => widths.reduce((sum, width) => sum + width, gap * (widths.length - 1))
  while (total() > maxWidth) {
    const texts = columns.flatMap(({ align }, index) => (align === 'right' ? [] : [index]))
    const widest = texts.reduce(
      (best, index) => ((widths[index] ?? 0) > (widths[best] ?? 0) ? index : best),
      texts[0] ?? 0,
    )
    const width = widths[widest] ?? 0
    if (width <= narrowestText) break
    widths[widest] = width - 1
  }
  return widths
}
