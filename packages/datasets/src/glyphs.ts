import type { RandomSource, Split } from './dataset.ts'
import { digitStrokes, type Stroke, strokeBox } from './digit-strokes.ts'
import type { ImageShape } from './image.ts'
import { maximumValues, requireInteger, requireNonNegative } from './ranges.ts'

export interface GlyphsOptions {
  /** Images of each digit, >= 1. Default 200. */
  readonly samplesPerClass?: number | undefined
  /** Standard deviation added to each pixel, of which ink is 1 and paper 0; >= 0. Default 0.1. */
  readonly noise?: number | undefined
}

/** Shape of one image. */
export const glyphShape: ImageShape = [12, 12, 1]

/** How one image is drawn. Lengths are in pixels. */
interface Hand {
  /** Pixels per unit of the strokes, across and down. */
  readonly scale: readonly [x: number, y: number]
  /** How far the top leans to the right, per pixel of height. */
  readonly shear: number
  /** From the middle of the image to the middle of the digit. */
  readonly shift: readonly [x: number, y: number]
  readonly thickness: number
}

/**
 * Images of the digits 0 to 9, drawn with a pen of random thickness, size, slant and place.
 *
 *   pixel = clamp(thickness / 2 + 1/2 - distance to the nearest stroke, 0, 1) + noise * normal
 *
 * Returns 10 samplesPerClass images [12, 12], digit after digit, the pixels row by row. Draws for every image the six
 * numbers of `drawHand` (uniform), then, unless noise is 0, one normal number per pixel.
 * Throws RangeError or TypeError for options out of range.
 */
export function glyphs(options: GlyphsOptions, random: RandomSource): Split {
  const [rows, columns] = glyphShape
  const classes = digitStrokes.length
  const pixels = rows * columns
  const samplesPerClass = requireInteger(
    'samplesPerClass',
    options.samplesPerClass ?? 200,
    1,
    Math.floor(maximumValues / (classes * pixels)),
  )
  const noise = requireNonNegative('noise', options.noise ?? 0.1)
  const samples = classes * samplesPerClass
  const features = new Float32Array(samples * pixels)
  const labels = new Int32Array(samples)
  for (let sample = 0; sample < samples; sample++) {
    const digit = Math.floor(sample / samplesPerClass)
    labels[sample] = digit
    const hand = drawHand(random)
    const strokes = digitStrokes[digit].map((stroke) => place(stroke, hand))
    for (let pixel = 0; pixel < pixels; pixel++) {
      const x = pixel % columns
      const y = Math.floor(pixel / columns)
      const distance = Math.min(...strokes.map((stroke) => distanceTo(stroke, x, y)))
      const ink = Math.min(Math.max(hand.thickness / 2 + 0.5 - distance, 0), 1)
      features[sample * pixels + pixel] = noise === 0 ? ink : ink + noise * random.normal()
    }
  }
  return { samples, features, labels }
}

function drawHand(random: RandomSource): Hand {
  const between = (low: number, high: number) => low + (high - low) * random.uniform()
  const size = between(1.1, 1.5)
  return {
    scale: [size * between(0.8, 1.2), size],
    shear: between(-0.2, 0.2),
    shift: [between(-1.5, 1.5), between(-1.5, 1.5)],
    thickness: between(0.8, 1.8),
  }
}

/** The stroke in pixels; x and y count from the centre of the first pixel. */
function place(stroke: Stroke, { scale, shear, shift }: Hand): Stroke {
  const [rows, columns] = glyphShape
  const [width, height] = strokeBox
  const placed: number[] = []
  for (let point = 0; point < stroke.length; point += 2) {
    const down = scale[1] * (stroke[point + 1] - height / 2)
    const right = scale[0] * (stroke[point] - width / 2) - shear * down
    placed.push((columns - 1) / 2 + shift[0] + right, (rows - 1) / 2 + shift[1] + down)
  }
  return placed
}

/** From a point to the nearest point of a stroke. */
function distanceTo(stroke: Stroke, x: number, y: number): number {
  let nearest = Infinity
  for (let start = 0; start + 3 < stroke.length; start += 2) {
    const alongX = stroke[start + 2] - stroke[start]
    const alongY = stroke[start + 3] - stroke[start + 1]
    const toX = x - stroke[start]
    const toY = y - stroke[start + 1]
    const projection = (toX * alongX + toY * alongY) / (alongX ** 2 + alongY ** 2)
    const position = Math.min(Math.max(projection, 0), 1)
    nearest = Math.min(nearest, (toX - position * alongX) ** 2 + (toY - position * alongY) ** 2)
  }
  return Math.sqrt(nearest)
}
