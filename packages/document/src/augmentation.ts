import { z } from 'zod'
import { named } from './named.ts'

const pixels = z.int().min(1).max(64)

/** How a training image is changed at random. */
export const augmentationSchema = named('augmentation', [
  z.strictObject({ name: z.literal('flip') }).describe('Left and right exchanged, in half of the cases.'),
  z
    .strictObject({ name: z.literal('shift'), pixels })
    .describe('Moved by up to so many pixels both ways; zeros come in.'),
  z
    .strictObject({ name: z.literal('crop'), padding: pixels })
    .describe('Surrounded by so many zeros and cut back to its size at a random place.'),
])
export type AugmentationDocument = z.output<typeof augmentationSchema>
