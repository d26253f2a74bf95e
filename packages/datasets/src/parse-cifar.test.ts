import { describe, expect, it } from 'vitest'
import { parseCifarRecords } from './parse-cifar.ts'

/** Records whose planes hold 10 r + 1, 10 r + 2, 10 r + 3, but for one marked pixel in each. */
function records(labels: number[]): Uint8Array {
  const bytes = new Uint8Array(labels.length * 3073)
  labels.forEach((label, record) => {
    const start = record * 3073
    bytes[start] = label
    for (let plane = 0; plane < 3; plane++) {
      bytes.fill(10 * record + plane + 1, start + 1 + plane * 1024, start + 1 + (plane + 1) * 1024)
      bytes[start + 1 + plane * 1024 + 5 * 32 + 7] = 200 + plane // row 5, column 7
    }
  })
  return bytes
}

describe('parseCifarRecords', () => {
  it('keeps the order label, red, green, blue, row-major', () => {
    const { samples, features, labels } = parseCifarRecords(records([3, 9]), 'batch.bin')
    expect(samples).toBe(2)
    expect([...labels]).toEqual([3, 9])
    const at = (sample: number, plane: number, row: number, column: number) =>
      features[((sample * 3 + plane) * 32 + row) * 32 + column]
    for (const sample of [0, 1])
      for (const plane of [0, 1, 2]) {
        expect(at(sample, plane, 0, 0)).toBe(10 * sample + plane + 1)
        expect(at(sample, plane, 31, 31)).toBe(10 * sample + plane + 1)
        expect(at(sample, plane, 5, 7)).toBe(200 + plane)
        expect(at(sample, plane, 7, 5)).toBe(10 * sample + plane + 1)
      }
  })

  it('reads a range of records', () => {
    const bytes = records([0, 1, 2, 3])
    const all = parseCifarRecords(bytes, 'batch.bin')
    const middle = parseCifarRecords(bytes, 'batch.bin', { from: 1, to: 3 })
    expect([...middle.labels]).toEqual([1, 2])
    expect(middle.features).toEqual(all.features.slice(3072, 3 * 3072))
    expect(() => parseCifarRecords(bytes, 'batch.bin', { from: 2, to: 5 })).toThrow(RangeError)
  })

  it('refuses a label above 9, with its byte', () => {
    expect(() => parseCifarRecords(records([0, 10]), 'batch.bin')).toThrow(
      'batch.bin, byte 3073: expected a label from 0 to 9, received 10',
    )
  })

  it('refuses a record cut short, and an empty file', () => {
    expect(() => parseCifarRecords(records([0, 1]).slice(0, 4000), 'batch.bin')).toThrow(
      'batch.bin, byte 3073: expected records of 3073 bytes, received 927 bytes of a record at the end',
    )
    expect(() => parseCifarRecords(new Uint8Array(0), 'batch.bin')).toThrow(
      expect.objectContaining({ code: 'truncated', received: 'an empty file' }),
    )
  })
})
