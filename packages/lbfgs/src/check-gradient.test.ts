import { unconstrainedProblems } from '@thalweg/testing/problems'
import { describe, expect, it } from 'vitest'
import { checkGradient } from './check-gradient.ts'

/** (1 - x0)^2 + 100 (x1 - x0^2)^2 with the factor 2 of the chain rule forgotten once. */
function halfForgotten([a, b]: Float64Array, gradient: Float64Array): number {
  gradient[0] = -2 * (1 - a) - 200 * a * (b - a * a)
  gradient[1] = 200 * (b - a * a)
  return (1 - a) ** 2 + 100 * (b - a * a) ** 2
}

describe('checkGradient', () => {
  it('names the one wrong component, with both numbers', () => {
    const x = new Float64Array([-1.2, 1])
    const report = checkGradient(halfForgotten, x)
    expect(report.ok).toBe(false)
    expect(report.wrong.map(({ index, given }) => [index, given])).toEqual([[0, -110]])
    expect(report.wrong[0].measured).toBeCloseTo(-215.6, 6)
    expect(report.message).toMatch(/^component 0: given -110, differences of f say -215\.[56]/)
    expect([...x]).toEqual([-1.2, 1])
  })

  it('finds nothing wrong with 42 right gradients, at their starts and beside them, in f64 and f32', () => {
    for (const { name, start, evaluate } of unconstrainedProblems) {
      const beside = start.map((value, index) => value * 1.3 + 0.1 * (index % 3))
      for (const x of [start, beside, new Float32Array(start), new Float32Array(beside)]) {
        expect(checkGradient(evaluate, x).wrong, name).toEqual([])
      }
    }
  })

  it('finds each component that is off by one percent, where f can tell', () => {
    let checked = 0
    for (const { name, start, evaluate } of unconstrainedProblems) {
      const right = start.slice()
      const f = evaluate(start, right)
      const { wrong } = checkGradient((x: Float64Array, gradient) => {
        const value = evaluate(x, gradient)
        for (let i = 0; i < gradient.length; i++) gradient[i] *= 1.01
        return value
      }, start)
      const found = new Set(wrong.map(({ index }) => index))
      right.forEach((value, index) => {
        if (Math.abs(value) * Math.max(1e-3, Math.abs(start[index])) < 1e-8 * Math.abs(f)) return
        expect(found.has(index), `${name}, component ${index}`).toBe(true)
        checked++
      })
    }
    expect(checked).toBeGreaterThan(600)
  })

  it('counts what is not finite, or was not written, as wrong', () => {
    const report = checkGradient((x: Float64Array, gradient) => {
      gradient[1] = Number.POSITIVE_INFINITY
      return x[0] + x[1] + x[2]
    }, new Float64Array(3))
    expect(report.wrong.map(({ index }) => index)).toEqual([0, 1, 2])
  })
})
