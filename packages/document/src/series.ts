import { z } from 'zod'

/**
 * What a run records over its steps.
 *
 * `train.loss` is the loss of the batch of each step. `train.accuracy` and every `validation.…` and `test.…` are
 * measured over (a sample of) that part of the data after the first step and at each epoch's end.
 */
export const seriesKeys = [
  'train.loss',
  'train.accuracy',
  'validation.loss',
  'validation.accuracy',
  'test.loss',
  'test.accuracy',
  'learningRate',
  'gradientNorm',
] as const

export const seriesKeySchema = z.enum(seriesKeys)
export type SeriesKey = (typeof seriesKeys)[number]
