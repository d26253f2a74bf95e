import { expect, it } from 'vitest'
import { backendChoice } from './index.ts'

it.each(['wasm', 'wasm-relaxed', 'blas', 'auto'])('%s is itself', (text) => {
  expect(backendChoice(text)).toBe(text)
})

it('is auto where nothing is set', () => {
  expect(backendChoice(undefined)).toBe('auto')
})

it.each(['', 'openblas', 'WASM', ' blas', 'constructor'])('refuses %j, with what there is', (text) => {
  const message = `backend: must be one of wasm, wasm-relaxed, blas, auto, got ${JSON.stringify(text)}`
  expect(() => backendChoice(text)).toThrow(new RangeError(message))
})
