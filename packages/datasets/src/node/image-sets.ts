import { digitClassNames } from '../digit-class-names.ts'
import { DatasetError } from '../errors.ts'
import type { ImageShape } from '../image.ts'
import { cifar10ClassNames } from '../parse-cifar.ts'
import type { PreprocessStep } from '../preprocess.ts'

/** What is fixed of a set of images. */
interface ImageSet {
  readonly classes: number
  readonly classNames: readonly string[]
  /** The steps where a specification names none. */
  readonly preprocess: readonly PreprocessStep[]
}

export const imageSets: Readonly<Record<'mnist' | 'cifar10', ImageSet>> = {
  mnist: { classes: 10, classNames: digitClassNames, preprocess: ['scaleToUnit'] },
  cifar10: { classes: 10, classNames: cifar10ClassNames, preprocess: ['subtractMean'] },
}

/** Throws DatasetError `mismatch` unless the images of an IDX file are as large as those for training. */
export function requireSameSize(image: ImageShape, training: ImageShape, source: string): void {
  if (image.join() === training.join()) return
  const size = ([rows, columns]: ImageShape) => `${rows} x ${columns}`
  throw new DatasetError('mismatch', {
    file: source,
    offset: 8,
    expected: `images of ${size(training)} pixels, as for training`,
    received: size(image),
  })
}
