import type { RandomSource } from './dataset.ts'
import type { ImageShape } from './image.ts'
import { requireInteger } from './ranges.ts'

/** Names of the augmentations. */
export const augmentationNames = ['flip', 'shift', 'crop'] as const

/** Left and right are exchanged, with probability 1/2. */
export interface FlipSpec {
  readonly name: 'flip'
}

/**
 * The image moves by a whole number of pixels, uniform in [-pixels, pixels], both ways; zeros come in. `pixels` is less
 * than rows and columns.
 */
export interface ShiftSpec {
  readonly name: 'shift'
  readonly pixels: number
}

/**
 * The image is surrounded by `padding` zeros on every side, and cut to its size again at a uniform place: a shift by up to
 * `padding` pixels. `padding` is less than rows and columns.
 */
export interface CropSpec {
  readonly name: 'crop'
  readonly padding: number
}

/** A random change of an image that leaves its class as it is. Discriminated on `name`. */
export type AugmentationSpec = FlipSpec | ShiftSpec | CropSpec

/** What happens to one image: first the flip, then the shift. */
export interface AugmentationParameters {
  /** 1 where left and right are exchanged. */
  readonly flip: 0 | 1
  /** How far rows move down; negative: up. */
  readonly rowShift: number
  /** How far columns move to the right; negative: to the left. */
  readonly columnShift: number
}

/**
 * Throws RangeError or TypeError for an unknown name, a number out of range, or two that do the same: at most one flip,
 * and one of shift and crop.
 */
export function checkAugmentations(
  augmentations: readonly AugmentationSpec[],
  [rows, columns]: ImageShape,
): void {
  const largest = Math.min(rows, columns) - 1
  const kinds = new Set<string>()
  augmentations.forEach((augmentation, index) => {
    const kind = augmentation.name === 'flip' ? 'flip' : 'shift or crop'
    switch (augmentation.name) {
      case 'flip':
        break
      case 'shift':
        requireInteger(`augmentation[${index}].pixels`, augmentation.pixels, 0, largest)
        break
      case 'crop':
        requireInteger(`augmentation[${index}].padding`, augmentation.padding, 0, largest)
        break
      default: {
        const unknown: { readonly name?: unknown } = augmentation
        throw new RangeError(
          `augmentation[${index}].name must be one of ${augmentationNames.join(', ')}; received ${JSON.stringify(unknown.name)}`,
        )
      }
    }
    if (kinds.has(kind))
      throw new RangeError(`augmentation may hold one ${kind}; received another at ${index}`)
    kinds.add(kind)
  })
}

/**
 * Draws what happens to one image of `shape`, in the order of the list. A flip takes one uniform number, below 1/2 for a
 * flip; a shift or a crop takes two, for rows and then columns. Throws what `checkAugmentations` throws.
 */
export function drawAugmentation(
  augmentations: readonly AugmentationSpec[],
  shape: ImageShape,
  random: Pick<RandomSource, 'uniform'>,
): AugmentationParameters {
  checkAugmentations(augmentations, shape)
  let flip: 0 | 1 = 0
  let rowShift = 0
  let columnShift = 0
  for (const augmentation of augmentations) {
    if (augmentation.name === 'flip') {
      if (random.uniform() >= 0.5) continue
      flip = 1
      // Flipping what was shifted is shifting what was flipped, the other way.
      columnShift = 0 - columnShift
    } else {
      const most = augmentation.name === 'shift' ? augmentation.pixels : augmentation.padding
      rowShift = Math.floor(random.uniform() * (2 * most + 1)) - most
      columnShift = Math.floor(random.uniform() * (2 * most + 1)) - most
    }
  }
  return { flip, rowShift, columnShift }
}
