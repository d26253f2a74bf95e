import { describe, expect, it } from 'vitest'
import { errorOf } from '../test/seeded-random.ts'
import type { CsvOptions } from './csv-options.ts'
import { DatasetError } from './errors.ts'
import { parseCsv } from './parse-csv.ts'

function failure(text: string, options: CsvOptions = {}): DatasetError {
  const error = errorOf(() => parseCsv(text, options, 'table.csv'))
  if (!(error instanceof DatasetError)) throw error
  return error
}

describe('parseCsv', () => {
  it('reads numbers, the last column being the class', () => {
    expect(parseCsv('1.5,-2,0\n3e1,+.25,1\n', {}, 'table.csv')).toEqual({
      data: { samples: 2, features: Float32Array.of(1.5, -2, 30, 0.25), labels: Int32Array.of(0, 1) },
      featureCount: 2,
      classNames: ['0', '1'],
    })
  })

  it('takes the label column by name or index, from 0', () => {
    const text = 'length,species,width\n1,setosa,2\n3,virginica,4\n5,setosa,6\n'
    const byName = parseCsv(text, { header: true, labelColumn: 'species' }, 'table.csv')
    expect(byName.featureNames).toEqual(['length', 'width'])
    expect(byName.classNames).toEqual(['setosa', 'virginica'])
    expect([...byName.data.features]).toEqual([1, 2, 3, 4, 5, 6])
    expect([...byName.data.labels]).toEqual([0, 1, 0])
    expect(parseCsv(text, { header: true, labelColumn: 1 }, 'table.csv')).toEqual(byName)
    expect(parseCsv('a,1,2\nb,3,4', { labelColumn: 0 }, 'table.csv').data.features).toEqual(
      Float32Array.of(1, 2, 3, 4),
    )
  })

  it('orders numeric labels by number and others by text', () => {
    const labelled = (...labels: string[]) =>
      parseCsv(labels.map((label) => `0,${label}`).join('\n'), {}, 't')
    const numeric = labelled('10', '9', '-1', '9.0')
    expect(numeric.classNames).toEqual(['-1', '9', '10'])
    expect([...numeric.data.labels]).toEqual([2, 1, 0, 1])
    const text = labelled('10', '9', 'b', 'B')
    expect(text.classNames).toEqual(['10', '9', 'B', 'b'])
    expect([...text.data.labels]).toEqual([0, 1, 3, 2])
  })

  it('accepts CRLF, a byte order mark, blank lines, quotes, white space and other delimiters', () => {
    const expected = parseCsv('1,2,x\n3,4,y\n', {}, 'table.csv')
    expect(parseCsv('\uFEFF1,2,x\r\n\r\n3,4,y', {}, 'table.csv')).toEqual(expected)
    expect(parseCsv('"1", 2 ,"x"\n\n3,4, "y"\n\n', {}, 'table.csv')).toEqual(expected)
    expect(parseCsv('1;2;x\n3;4;y', { delimiter: ';' }, 'table.csv')).toEqual(expected)
    expect(parseCsv('1\t2\tx\n3\t4\ty', { delimiter: '\t' }, 'table.csv')).toEqual(expected)
    expect(parseCsv('1,2,"x, or ""y"""', {}, 'table.csv').classNames).toEqual(['x, or "y"'])
  })

  it('skips lines that are no data, whatever they hold', () => {
    const { data } = parseCsv('150,"4,setosa\nnotes\n1,2,0\n', { skipLines: 2 }, 'table.csv')
    expect([...data.features]).toEqual([1, 2])
    expect(failure('a\nb\n1,x,0\n', { skipLines: 2 })).toMatchObject({ line: 3, column: 2 })
    expect(failure('1,2\n', { skipLines: 5 })).toMatchObject({ code: 'truncated' })
  })

  it('refuses what is no finite number, with line and column', () => {
    expect(failure('1,2,0\n3,abc,1\n')).toMatchObject({ code: 'bad-value', line: 2, column: 2 })
    expect(failure('1,2,0\n3,abc,1\n').message).toBe(
      'table.csv, line 2, column 2: expected a finite number, received "abc"',
    )
    // 1e39 is finite in f64 and not in f32; Number() would take '' as 0 and '0x10' as 16.
    for (const field of ['NaN', 'Infinity', '-inf', '1e39', '0x10', '1_000', '1.5.'])
      expect(failure(`1,0\n${field},1`)).toMatchObject({
        line: 2,
        column: 1,
        received: JSON.stringify(field),
      })
    expect(failure('1,,0').message).toBe(
      'table.csv, line 1, column 2: expected a finite number (or the option header or skipLines), ' +
        'received an empty field',
    )
    expect(failure('length,species\n1,a\n?,b', { header: true }).message).toBe(
      'table.csv, line 3, column 1: expected a finite number in column "length", received "?"',
    )
    expect(failure('1,a\n2,\n')).toMatchObject({ line: 2, column: 2, expected: 'a label' })
  })

  it('counts lines through CRLF, blank lines and quoted line ends', () => {
    expect(failure('1,a\r\n\r\n2,"b\r\nc"\r\nx,d\r\n')).toMatchObject({ line: 5, column: 1 })
    expect(failure('1,a,2\n3,"b\nc",x\n', { labelColumn: 1 })).toMatchObject({ line: 3, column: 3 })
    expect(failure('1,a,2\nx,"b\nc",4\n', { labelColumn: 1 })).toMatchObject({ line: 2, column: 1 })
  })

  it('refuses records of another length and broken quotes', () => {
    expect(failure('1,2,0\n3,1\n').message).toBe('table.csv, line 2: expected 3 fields, received 2')
    expect(failure('1,2,0\n3,4,5,1\n')).toMatchObject({ code: 'bad-record', line: 2, received: '4' })
    expect(failure('1,2,0\n3,"4,1\n')).toMatchObject({ code: 'bad-record' })
    expect(failure('top\n1,2,0\n3,4"4,1\n', { skipLines: 1 })).toMatchObject({
      code: 'bad-record',
      line: 3,
      column: 2,
    })
    expect(failure('1\n2\n')).toMatchObject({ code: 'bad-record', line: 1 })
    for (const empty of ['', '\n\n']) expect(failure(empty)).toMatchObject({ code: 'truncated' })
    expect(failure('a,b\n', { header: true })).toMatchObject({ code: 'truncated' })
  })

  it('refuses a label column that is not there, or there twice', () => {
    expect(failure('a,b\n1,2\n', { header: true, labelColumn: 'class' }).message).toBe(
      'table.csv, line 1: expected one label column named "class", received the columns "a", "b"',
    )
    expect(failure('a,b,a\n1,2,3', { header: true, labelColumn: 'a' })).toMatchObject({ code: 'mismatch' })
    expect(failure('1,2\n', { labelColumn: 2 })).toMatchObject({ code: 'mismatch', received: '2 columns' })
  })

  it('clips long fields in messages, and reads them in linear time', () => {
    expect(failure(`1,2\n${'1'.repeat(1e5)}x,3`).message.length).toBeLessThan(200)
    expect(failure(`1,2\n${'x'.repeat(1e5)},3`).message.length).toBeLessThan(200)
  })

  it('refuses options out of range', () => {
    const parse = (options: CsvOptions) => parseCsv('1,2', options, 'table.csv')
    for (const delimiter of ['', ',,', '"', '\n'])
      expect(() => parse({ delimiter })).toThrow(/^delimiter must be one character/)
    expect(() => parse({ labelColumn: 'class' })).toThrow(
      new RangeError('labelColumn must be an index unless header is true; received "class"'),
    )
    expect(() => parse({ labelColumn: -1 })).toThrow(RangeError)
    expect(() => parse({ skipLines: 0.5 })).toThrow(RangeError)
  })
})
