import { expect, it } from 'vitest'
import { formatBytes } from './byte-format.ts'

it.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.0 kB'],
  [35_249, '35.2 kB'],
  [268_435_456, '268.4 MB'],
  [2.5e9, '2.5 GB'],
])('%i bytes are %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text)
})
