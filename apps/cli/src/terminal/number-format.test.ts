import { expect, it } from 'vitest'
import { formatChosen, formatMeasured, formatPercent } from './number-format.ts'

it.each([
  [0.031249, '0.0312'],
  [1.1, '1.10'],
  [99.96, '100'],
  [2311.4, '2311'],
  [4.212e-7, '4.21e-7'],
  [-1.5e9, '-1.50e+9'],
  [0, '0'],
  [Number.NaN, 'NaN'],
  [Number.POSITIVE_INFINITY, 'Infinity'],
])('measured %f is %s', (value, text) => {
  expect(formatMeasured(value)).toBe(text)
})

it.each([
  [0.001, '1e-3'],
  [0.01, '0.01'],
  [0.9, '0.9'],
  [0.999, '0.999'],
  [1e-8, '1e-8'],
  [100, '100'],
  [100_000, '1e5'],
])('chosen %f is %s, exactly', (value, text) => {
  expect(formatChosen(value)).toBe(text)
  expect(Number(formatChosen(value))).toBe(value)
})

it('percentages have one decimal', () => {
  expect(formatPercent(0.98349)).toBe('98.3%')
  expect(formatPercent(Number.NaN)).toBe('NaN')
})
