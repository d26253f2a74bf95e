import { z } from 'zod'
import { named } from './named.ts'

/** A mean of the weights that is kept along a training and measured beside it. */
export const averagingSchema = named('averaging', [
  z
    .strictObject({
      name: z.literal('ema'),
      decay: z.number().gt(0).lt(1).default(0.999).describe('Of a step.'),
    })
    .describe('mean <- decay * mean + (1 - decay) * weights, after every step; corrected for its start.'),
  z
    .strictObject({
      name: z.literal('swa'),
      startEpoch: z.int().min(0).max(100_000).describe('Epochs completed before the first weights count.'),
      every: z.int().min(1).max(1_000_000_000).describe('Steps.'),
    })
    .describe('The plain mean of the weights every so many steps from an epoch on.'),
])
export type AveragingDocument = z.output<typeof averagingSchema>
