import { stripVTControlCharacters } from 'node:util'
import { describe, expect, it } from 'vitest'
import { coloursFor } from './colours.ts'
import { renderTable } from './table.ts'

const plain = coloursFor({ isTTY: false } as never, {})
const columns = [{ title: 'name' }, { title: 'note' }, { title: 'n', align: 'right' }] as const
const rows = [
  ['a rather long name of something', 'a note that is longer still, by far', '1'],
  ['短い名前', 'short', '100'],
]

describe('renderTable', () => {
  it('is as wide as its texts', () => {
    expect(renderTable(columns, rows, plain).split('\n')).toEqual([
      `name${' '.repeat(29)}note${' '.repeat(33)}  n`,
      '─'.repeat(73),
      'a rather long name of something  a note that is longer still, by far    1',
      `短い名前${' '.repeat(25)}short${' '.repeat(32)}100`,
      '',
    ])
  })

  it('cuts the widest texts, never numbers, where the terminal is narrower', () => {
    const lines = renderTable(columns, rows, plain, 40).trimEnd().split('\n').map(stripVTControlCharacters)
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(40)
    expect(lines[2]).toMatch(/^a rather .*… {2}a note .*… {4}1$/)
    expect(lines[3]).toMatch(/100$/)
  })
})
