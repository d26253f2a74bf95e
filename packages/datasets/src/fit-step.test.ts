import { describe, expect, it } from 'vitest'
import { seededRandom } from '../test/seeded-random.ts'
import type { Affine } from './affine.ts'
import { fitStep } from './fit-step.ts'
import { type PreprocessStep, preprocessSteps } from './preprocess.ts'

/** Fits on samples handed over in portions of `portion` samples; also how many passes were asked for. */
function fitInPortions(step: PreprocessStep, features: Float32Array, featureCount: number, portion: number) {
  const steps = fitStep(step, featureCount)
  let passes = 0
  let next = steps.next()
  for (; next.done !== true; next = steps.next()) {
    passes++
    for (let start = 0; start < features.length; start += portion * featureCount)
      next.value(features.subarray(start, start + portion * featureCount))
  }
  return { affine: next.value, passes }
}

function textbookFit(step: PreprocessStep, features: Float32Array, featureCount: number): Affine {
  const columns = Array.from({ length: featureCount }, (_, feature) =>
    [...features].filter((_, index) => index % featureCount === feature),
  )
  const mean = columns.map((values) => values.reduce((sum, value) => sum + value, 0) / values.length)
  const deviation = columns.map((values, feature) =>
    Math.sqrt(values.reduce((sum, value) => sum + (value - mean[feature]) ** 2, 0) / values.length),
  )
  return {
    offset: Float64Array.from(step === 'scaleToUnit' ? columns.map(() => 0) : mean),
    divisor:
      step === 'subtractMean'
        ? undefined
        : Float64Array.from(step === 'scaleToUnit' ? columns.map(() => 255) : deviation),
  }
}

describe('fitStep', () => {
  const random = seededRandom(21)
  const features = Float32Array.from({ length: 7 * 31 }, () => 100 * random.normal())

  it.each(preprocessSteps)('%s is the textbook fit, however the samples are cut', (step) => {
    const expected = textbookFit(step, features, 7)
    for (const portion of [1, 4, 31])
      expect(fitInPortions(step, features, 7, portion).affine).toEqual(expected)
  })

  it('asks for no pass, for one, and for two', () => {
    expect(preprocessSteps.map((step) => fitInPortions(step, features, 7, 5).passes)).toEqual([0, 1, 2])
  })

  it('knows a constant feature in any portions', () => {
    const tenths = new Float32Array(10).fill(0.1)
    const { affine } = fitInPortions('standardize', tenths, 1, 3)
    expect([affine.offset[0], affine.divisor?.[0]]).toEqual([Math.fround(0.1), 1])
  })
})
