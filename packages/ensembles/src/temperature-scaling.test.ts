import { minimize } from '@thalweg/lbfgs'
import { finiteDifference, sequence } from '@thalweg/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { negativeLogLikelihood } from './scores/negative-log-likelihood.ts'
import { softmax } from './softmax.ts'
import { applyTemperature, temperatureObjective } from './temperature-scaling.ts'

const seed = 20_261_123
const rows = 200
const classes = 4
const logits = sequence(rows * classes, 7).map((value) => 6 * value)
/** The label is the largest of logits disturbed by as much: the best temperature is well above 1. */
const labels = Array.from({ length: rows }, (_, row) => {
  const noise = sequence(classes, row + 100)
  const disturbed = noise.map((value, k) => logits[row * classes + k] + 6 * value)
  return disturbed.indexOf(Math.max(...disturbed))
})
const fitted = (table: Float64Array) => {
  const { start, evaluate } = temperatureObjective(table, labels, classes)
  const { x, status } = minimize(evaluate, start, { tolerance: { gradient: 1e-12 } })
  expect(status).toMatch(/^converged/)
  return Math.exp(x[0])
}

describe('temperature scaling', () => {
  it('is the negative log-likelihood of softmax(z / T), its gradient exact to 1e-9', () => {
    const { start, evaluate } = temperatureObjective(logits, labels, classes)
    expect(start).toEqual(new Float64Array(1))
    fc.assert(
      fc.property(fc.double({ min: -3, max: 5, noNaN: true }), (logTemperature) => {
        const x = new Float64Array([logTemperature])
        const gradient = new Float64Array(1)
        const loss = evaluate(x, gradient)
        const probabilities = softmax(logits, classes, { temperature: Math.exp(logTemperature) })
        const expected = negativeLogLikelihood(probabilities, labels, classes)
        expect(Math.abs(loss - expected)).toBeLessThan(1e-13 * (1 + expected))
        const [measured] = finiteDifference(() => evaluate(x, new Float64Array(1)), x)
        expect(Math.abs(gradient[0] - measured)).toBeLessThan(1e-9 * (1 + expected))
      }),
      { seed, numRuns: 100 },
    )
  })

  it('logits scaled by c have c times the temperature, and the fit lowers the negative log-likelihood', () => {
    const temperature = fitted(logits)
    expect(temperature).toBeGreaterThan(1.5)
    for (const factor of [0.25, 3]) {
      const scaled = fitted(logits.map((z) => factor * z))
      expect(scaled / (factor * temperature)).toBeCloseTo(1, 9)
    }
    const nll = (table: Float64Array) => negativeLogLikelihood(softmax(table, classes), labels, classes)
    expect(nll(applyTemperature(logits, temperature))).toBeLessThan(nll(logits))
    for (const nearby of [0.99, 1.01]) {
      expect(nll(applyTemperature(logits, temperature * nearby))).toBeGreaterThan(
        nll(applyTemperature(logits, temperature)),
      )
    }
  })

  it('in closed form: one logit of z or 0, right in a fraction r of the rows, has T = z / log(r / (1 - r))', () => {
    const table = new Float64Array(20).map((_, at) => (at % 2 === 0 ? 3 : 0))
    const right = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1]
    const { start, evaluate } = temperatureObjective(table, right, 2)
    const { x } = minimize(evaluate, start, { tolerance: { gradient: 1e-13 } })
    expect(Math.exp(x[0])).toBeCloseTo(3 / Math.log(4), 9)
  })

  it('where every label has the largest logit, f falls to 0 with T, and stays a number', () => {
    const { evaluate } = temperatureObjective(new Float64Array([5, 0, 0, 5]), [0, 1], 2)
    const gradient = new Float64Array(1)
    expect(evaluate(new Float64Array([-740]), gradient)).toBe(0)
    expect(gradient[0]).toBe(0)
  })

  it('applyTemperature divides', () => {
    expect(applyTemperature(new Float32Array([1, -4]), 2)).toEqual(new Float64Array([0.5, -2]))
    const message = 'applyTemperature: temperature must be a number in (0, ∞), got 0'
    expect(() => applyTemperature(logits, 0)).toThrow(new RangeError(message))
  })
})
