import { type Affine, applyAffine } from './affine.ts'
import type { Dataset, Split } from './dataset.ts'
import { fitStep } from './fit-step.ts'
import { featuresPerSample } from './split.ts'

/** Names of the preprocessing steps. */
export const preprocessSteps = ['scaleToUnit', 'subtractMean', 'standardize'] as const

/**
 * - `scaleToUnit`: x / 255
 * - `subtractMean`: x - mean, per feature
 * - `standardize`: (x - mean) / sd, per feature; sd is 1 for a feature that is constant
 *
 * mean and sd (divided by n, not n - 1) are those of the training part after the steps before.
 */
export type PreprocessStep = (typeof preprocessSteps)[number]

/**
 * Applies `steps` in order to copies of all parts, with statistics computed on the training part alone and
 * summed in f64. The data set passed in is left as it is.
 * Throws RangeError for an unknown step, or parts that differ in the number of features.
 */
export function preprocess(dataset: Dataset, steps: readonly PreprocessStep[]): Dataset {
  const copied: Dataset = {
    ...dataset,
    train: copy(dataset.train),
    validation: copy(dataset.validation),
    ...(dataset.test === undefined ? {} : { test: copy(dataset.test) }),
  }
  return preprocessInPlace(copied, steps)
}

/** `preprocess` that overwrites the features; for data nobody else holds. Returns `dataset`. */
export function preprocessInPlace(dataset: Dataset, steps: readonly PreprocessStep[]): Dataset {
  checkSteps(steps)
  const { train, validation, test, featureCount } = dataset
  const parts = test === undefined ? [train, validation] : [train, validation, test]
  for (const part of parts)
    if (part.samples > 0 && featuresPerSample(part) !== featureCount)
      throw new RangeError(
        `every part must have ${featureCount} features per sample; received ${featuresPerSample(part)}`,
      )
  for (const step of steps) {
    const affine = fit(step, train, featureCount)
    for (const { features } of parts) applyAffine(features, affine, features.length)
  }
  return dataset
}

function fit(step: PreprocessStep, train: Split, featureCount: number): Affine {
  const passes = fitStep(step, featureCount)
  for (;;) {
    const pass = passes.next()
    if (pass.done === true) return pass.value
    pass.value(train.features)
  }
}

/** Throws RangeError unless every step is known. */
export function checkSteps(steps: readonly unknown[]): void {
  steps.forEach((step, index) => {
    if (!preprocessSteps.some((known) => known === step))
      throw new RangeError(
        `preprocess[${index}] must be one of ${preprocessSteps.join(', ')}; received ${JSON.stringify(step)}`,
      )
  })
}

function copy(split: Split): Split {
  return { samples: split.samples, features: split.features.slice(), labels: split.labels.slice() }
}
