import { blobs } from './blobs.ts'
import type { Dataset, RandomSource, Split } from './dataset.ts'
import type { GeneratedDatasetSpec } from './dataset-spec.ts'
import { moons } from './moons.ts'
import { preprocessInPlace } from './preprocess.ts'
import { requireFraction } from './ranges.ts'
import { spirals } from './spirals.ts'
import { holdOut } from './split.ts'

/**
 * A generated data set: drawn, a fraction held out for validation (default 0.2), preprocessed (default: no
 * step). Draws from `random` first the points, then the shuffle of `holdOut`.
 * Throws RangeError or TypeError for values out of range, or an unknown name.
 */
export function generateDataset(spec: GeneratedDatasetSpec, random: RandomSource): Dataset {
  const fraction = requireFraction('validation', spec.validation ?? 0.2)
  const { split, classes } = generate(spec, random)
  const featureCount = split.features.length / split.samples
  const { kept, heldOut } = holdOut(split, { fraction }, random)
  return preprocessInPlace(
    { name: spec.name, shape: [featureCount], featureCount, classes, train: kept, validation: heldOut },
    spec.preprocess ?? [],
  )
}

function generate(spec: GeneratedDatasetSpec, random: RandomSource): { split: Split; classes: number } {
  switch (spec.name) {
    case 'spirals':
      return { split: spirals(spec, random), classes: spec.classes ?? 3 }
    case 'moons':
      return { split: moons(spec, random), classes: 2 }
    case 'blobs':
      return { split: blobs(spec, random), classes: spec.classes ?? 3 }
    default: {
      const unknown: never = spec
      throw new RangeError(`name must be that of a generated set; received ${JSON.stringify(unknown)}`)
    }
  }
}
