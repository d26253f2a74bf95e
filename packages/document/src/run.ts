import { learningRateOf } from '@thalweg/optimizers'
import { z } from 'zod'
import { datasetSchema } from './dataset.ts'
import { modelSchema } from './model.ts'
import { optimizerSchema } from './optimizer.ts'
import { scheduleSchema } from './schedule.ts'
import { seriesKeySchema } from './series.ts'

const target = z
  .strictObject({
    metric: seriesKeySchema,
    atLeast: z.number().optional(),
    atMost: z.number().optional(),
  })
  .refine((value) => (value.atLeast === undefined) !== (value.atMost === undefined), {
    error: 'exactly one of "atLeast" and "atMost"',
  })

const evaluation = z.strictObject({
  trainSamples: z
    .int()
    .min(1)
    .max(10_000_000)
    .optional()
    .describe(
      'train.accuracy on this many training samples, drawn with replacement; all of them by default.',
    ),
})

/** One training, described completely: the same document gives the same bits. */
export const runSchema = z
  .strictObject({
    dataset: datasetSchema,
    model: modelSchema.default({ name: 'mlp', hidden: [100], activation: 'relu', init: { name: 'he' } }),
    optimizer: optimizerSchema,
    schedule: scheduleSchema.default({ name: 'constant' }),
    batchSize: z.int().min(1).max(65_536).default(32),
    epochs: z.int().min(1).max(100_000).default(10),
    sampling: z
      .enum(['shuffle', 'replacement'])
      .default('shuffle')
      .describe('shuffle: every sample once an epoch; replacement: every batch drawn uniformly from all.'),
    precision: z.enum(['f32', 'f64']).default('f32'),
    evaluation: evaluation.default({}),
    target: target
      .optional()
      .describe('The step and time at which the metric first reached this are recorded.'),
    seed: z
      .int()
      .min(0)
      .max(2 ** 32 - 1),
  })
  .superRefine((run, context) => {
    const { name, initial } = run.schedule
    if (name === 'constant') return
    const rate = learningRateOf(run.optimizer)
    if (rate === undefined) {
      const message = 'the optimizer has no learningRate to schedule'
      context.addIssue({ code: 'custom', path: ['schedule'], message, input: run.schedule })
    } else if (initial === undefined && rate.value <= 0) {
      const message = `needs "initial": the optimizer's rate is ${rate.value}, and a schedule starts above 0`
      context.addIssue({ code: 'custom', path: ['schedule'], message, input: run.schedule })
    }
  })

export type RunDocument = z.output<typeof runSchema>
