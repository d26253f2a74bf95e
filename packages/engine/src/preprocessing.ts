import { type Affine, applyAffine, fitStep, type PreprocessStep, type Split } from '@thalweg/datasets'
import { z } from 'zod'

/** Steps of preprocessing with their statistics, in order. */
export type Preprocessing = readonly Affine[]

/** Fits the steps on the first part, one after another, and applies them to all parts in place. */
export function preprocess(
  steps: readonly PreprocessStep[],
  [train, ...others]: readonly [Split, ...Split[]],
  featureCount: number,
): Preprocessing {
  return steps.map((step) => {
    const passes = fitStep(step, featureCount)
    let pass = passes.next()
    for (; pass.done !== true; pass = passes.next()) pass.value(train.features)
    for (const { features } of [train, ...others]) applyAffine(features, pass.value, features.length)
    return pass.value
  })
}

/** One number stands for all features where they have the same. */
const numbers = z.union([z.number(), z.array(z.number())])

/** How the steps stand in a model's file: exact. */
export const preprocessingSchema = z.array(z.object({ offset: numbers, divisor: numbers.optional() }))
export type DescribedPreprocessing = z.output<typeof preprocessingSchema>

export function describePreprocessing(preprocessing: Preprocessing): DescribedPreprocessing {
  return preprocessing.map(({ offset, divisor }) => ({
    offset: shortened(offset),
    ...(divisor !== undefined && { divisor: shortened(divisor) }),
  }))
}

/** The steps that `describePreprocessing` described; undefined where they are not of so many features. */
export function restorePreprocessing(
  described: DescribedPreprocessing,
  featureCount: number,
): Preprocessing | undefined {
  const full = (value: number | readonly number[]): Float64Array =>
    typeof value === 'number' ? new Float64Array(featureCount).fill(value) : Float64Array.from(value)
  const steps = described.map(({ offset, divisor }) => ({
    offset: full(offset),
    divisor: divisor === undefined ? undefined : full(divisor),
  }))
  const fits = steps.every(({ offset, divisor }) =>
    [offset, divisor ?? offset].every(({ length }) => length === featureCount),
  )
  return fits ? steps : undefined
}

function shortened(values: Float64Array): number | number[] {
  return values.every((value) => Object.is(value, values[0])) ? values[0] : Array.from(values)
}
