import { z } from 'zod'

/**
 * What a run records over its steps.
 *
 * `train.loss` is the loss of the batch of each step. `train.accuracy` and every `validation.…` and `test.…` are
 * measured over (a sample of) that part of the data after the first step and at each epoch's end. `passes` are the
 * gradients computed until then, counted in passes over the training data; they are recorded beside the measurements.
 *
 * A step of `lbfgs` is one evaluation, a pass; of `sfo` one of a part of the data; of `onlineLbfgs` two gradients of a
 * batch. `evaluations` and `iterations` are theirs alone. `train.loss` and `gradientNorm` are those of `lbfgs`'s newest
 * iterate over all data, the latter the largest component (projected on bounds), which its tolerance bounds; of `sfo` they
 * are what its model of the sum says.
 *
 * `brier` and `calibrationError` (15 bins) are measured once, at the end, on request; `averaged.…` are the losses and
 * accuracies of the mean weights of `averaging`.
 */
export const seriesKeys = [
  'train.loss',
  'train.accuracy',
  'validation.loss',
  'validation.accuracy',
  'test.loss',
  'test.accuracy',
  'validation.brier',
  'validation.calibrationError',
  'test.brier',
  'test.calibrationError',
  'averaged.validation.loss',
  'averaged.validation.accuracy',
  'averaged.test.loss',
  'averaged.test.accuracy',
  'learningRate',
  'gradientNorm',
  'passes',
  'evaluations',
  'iterations',
] as const

export const seriesKeySchema = z.enum(seriesKeys)
export type SeriesKey = (typeof seriesKeys)[number]

/** What is recorded of each tensor on request: the norms of its numbers, of their gradient and of their last change. */
const tensorStatistics = ['norm', 'gradientNorm', 'updateNorm'] as const
export type TensorSeriesKey = `${string}.${(typeof tensorStatistics)[number]}`

/** `dense1.weight.norm` */
export const tensorSeriesKeySchema = z.templateLiteral([
  z.string().regex(/^[A-Za-z0-9]+(\.[A-Za-z0-9]+){1,8}$/),
  '.',
  z.enum(tensorStatistics),
])

/** Everything that a run may record. */
export const recordedKeySchema = z.union([seriesKeySchema, tensorSeriesKeySchema])
export type RecordedKey = SeriesKey | TensorSeriesKey
