import { describe, expect, it } from 'vitest'
import { isStreaming } from './dataset-spec.ts'

describe('isStreaming', () => {
  it('is what a set of records says of itself', () => {
    expect(isStreaming({ name: 'mnist', streaming: true })).toBe(true)
    expect(isStreaming({ name: 'cifar10', streaming: true })).toBe(true)
    expect(isStreaming({ name: 'cifar10' })).toBe(false)
    expect(isStreaming({ name: 'moons' })).toBe(false)
  })
})
