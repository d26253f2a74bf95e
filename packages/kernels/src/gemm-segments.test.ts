import { expect, it } from 'vitest'
import { segmentGroups, segmentsOf } from './gemm-segments.ts'

it('a row narrower than a vector is one segment', () => {
  expect(segmentsOf(12)).toEqual([{ offset: 0, bytes: 12, overlap: 0 }])
})

it('the last segment reaches back', () => {
  expect(segmentsOf(40)).toEqual([
    { offset: 0, bytes: 16, overlap: 0 },
    { offset: 16, bytes: 16, overlap: 0 },
    { offset: 24, bytes: 16, overlap: 8 },
  ])
})

it('groups: what looks alike is one entry, the rest stands by itself', () => {
  const pair = [
    { offset: 0, bytes: 16, overlap: 0 },
    { offset: 16, bytes: 16, overlap: 0 },
  ]
  expect(segmentGroups(96, 2)).toEqual([{ count: 3, offset: 0, segments: pair }])
  expect(segmentGroups(72, 2)).toEqual([
    { count: 2, offset: 0, segments: pair },
    { count: 1, offset: 56, segments: [{ offset: 0, bytes: 16, overlap: 8 }] },
  ])
})

it('rows of all widths: every byte belongs to one segment, and none lies outside', () => {
  for (let bytes = 4; bytes <= 400; bytes += 4) {
    for (const largest of [1, 2, 3, 4, 8]) {
      const owned: number[] = []
      for (const { count, offset, segments } of segmentGroups(bytes, largest)) {
        expect(segments.length).toBeLessThanOrEqual(largest)
        for (let group = 0; group < count; group++) {
          for (const segment of segments) {
            const start = offset + group * segments.length * 16 + segment.offset
            for (let byte = segment.overlap; byte < segment.bytes; byte++) owned.push(start + byte)
          }
        }
      }
      expect(owned).toEqual(Array.from({ length: bytes }, (_, byte) => byte))
    }
  }
})
