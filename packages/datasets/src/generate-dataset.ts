import { blobs } from './blobs.ts'
import type { Dataset, RandomSource, Split } from './dataset.ts'
import type { GeneratedDatasetSpec } from './dataset-spec.ts'
import { digitClassNames } from './digit-class-names.ts'
import { glyphShape, glyphs } from './glyphs.ts'
import { checkLayout, type ImageLayout, type ImageShape, shapeOf } from './image.ts'
import { moons } from './moons.ts'
import { preprocessInPlace } from './preprocess.ts'
import { requireFraction } from './ranges.ts'
import { spirals } from './spirals.ts'
import { holdOut } from './split.ts'

export interface GenerateOptions {
  /** Order of the numbers of an image. Default 'channelsFirst'. */
  readonly layout?: ImageLayout | undefined
}

/**
 * A generated data set: drawn, a fraction held out for validation (default 0.2), preprocessed (default: no
 * step). Draws from `random` first the points, then the shuffle of `holdOut`.
 * Throws RangeError or TypeError for values out of range, or an unknown name.
 */
export function generateDataset(
  spec: GeneratedDatasetSpec,
  random: RandomSource,
  { layout = 'channelsFirst' }: GenerateOptions = {},
): Dataset {
  checkLayout(layout)
  const fraction = requireFraction('validation', spec.validation ?? 0.2)
  const { split, classes, image, classNames } = generate(spec, random)
  const featureCount = split.features.length / split.samples
  const { kept, heldOut } = holdOut(split, { fraction }, random)
  const dataset: Dataset = {
    name: spec.name,
    shape: image === undefined ? [featureCount] : shapeOf(image, layout),
    ...(image === undefined ? {} : { image }),
    featureCount,
    classes,
    ...(classNames === undefined ? {} : { classNames }),
    train: kept,
    validation: heldOut,
  }
  return preprocessInPlace(dataset, spec.preprocess ?? [])
}

interface Generated {
  readonly split: Split
  readonly classes: number
  readonly classNames?: readonly string[]
  /** Shape of the images; one channel, so that both layouts are the same numbers. */
  readonly image?: ImageShape
}

function generate(spec: GeneratedDatasetSpec, random: RandomSource): Generated {
  switch (spec.name) {
    case 'spirals':
      return { split: spirals(spec, random), classes: spec.classes ?? 3 }
    case 'moons':
      return { split: moons(spec, random), classes: 2 }
    case 'blobs':
      return { split: blobs(spec, random), classes: spec.classes ?? 3 }
    case 'glyphs':
      return { split: glyphs(spec, random), classes: 10, classNames: digitClassNames, image: glyphShape }
    default: {
      const unknown: never = spec
      throw new RangeError(`name must be that of a generated set; received ${JSON.stringify(unknown)}`)
    }
  }
}
