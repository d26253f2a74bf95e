import { optimizerDefinitions } from '@thalweg/optimizers'
import { z } from 'zod'
import { augmentationSchema } from './augmentation.ts'
import { averagingSchema } from './averaging.ts'
import { datasetSchema } from './dataset.ts'
import { distillationSchema, transferSchema } from './distillation.ts'
import { combinationSchema } from './ensemble.ts'
import { lossSchema, modelSchema } from './model.ts'
import { isQuasiNewton, learningRateOf, type OptimizerDocument, optimizerSchema } from './optimizer.ts'
import { type ScheduleDocument, scheduleFault, scheduleSchema } from './schedule.ts'
import { seriesKeySchema } from './series.ts'
import { changingLossFaults, snapshotFaults } from './training-faults.ts'

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
  scores: z
    .boolean()
    .optional()
    .describe('Measures Brier score, calibration error and the time of predictions at the end.'),
})

const earlyStopping = z
  .strictObject({
    metric: z.enum(['validation.loss', 'validation.accuracy', 'train.accuracy']).default('validation.loss'),
    patience: z.int().min(1).max(100_000).default(5).describe('Measurements without an improvement.'),
    minimumChange: z.number().min(0).default(0).describe('What counts as an improvement is more than this.'),
  })
  .describe('Ends the run once the metric has not improved for so many measurements; a loss is to fall.')

/** One training, described completely: the same document gives the same bits. */
export const runSchema = z
  .strictObject({
    dataset: datasetSchema,
    model: modelSchema.default({ name: 'mlp', hidden: [100], activation: 'relu', init: { name: 'he' } }),
    loss: lossSchema.default({ name: 'softmaxCrossEntropy' }),
    l2: z
      .number()
      .min(0)
      .max(1000)
      .optional()
      .describe('Adds l2 / 2 times the sum of the squared weights, biases not, to the loss.'),
    augmentation: z
      .array(augmentationSchema)
      .max(8)
      .optional()
      .describe('How training images are changed at random, in order; of models that take images alone.'),
    optimizer: optimizerSchema,
    // In words too: zod's JSON Schema has no default where something runs before the schema.
    schedule: scheduleSchema
      .default({ name: 'constant' })
      .describe('The learning rate over the steps; by default { "name": "constant" }.'),
    schedules: z
      .record(z.string().max(64), scheduleSchema)
      .refine((each) => Object.keys(each).length <= 16, { error: 'at most 16 schedules' })
      .optional()
      .describe('Schedules of other hyper-parameters than the learning rate, by their names.'),
    batchSize: z
      .int()
      .min(1)
      .max(65_536)
      .default(32)
      .describe('Samples of a step; of lbfgs and sfo, samples that are computed at a time.'),
    epochs: z
      .int()
      .min(1)
      .max(100_000)
      .default(10)
      .describe('Passes over the training data; no run computes more gradients.'),
    sampling: z
      .enum(['shuffle', 'replacement'])
      .default('shuffle')
      .describe('shuffle: every sample once an epoch; replacement: every batch drawn uniformly from all.'),
    threads: z
      .int()
      .min(1)
      .max(64)
      .optional()
      .describe('Threads that share each batch; the result depends on how many. 1 by default.'),
    precision: z.enum(['f32', 'f64']).default('f32'),
    evaluation: evaluation.default({}),
    target: target
      .optional()
      .describe('The step and time at which the metric first reached this are recorded.'),
    earlyStopping: earlyStopping.optional(),
    tensorStatistics: z
      .strictObject({ every: z.int().min(1).max(1_000_000_000).describe('Steps.') })
      .optional()
      .describe('Records the norms of every tensor, of its gradient and of its update, every so many steps.'),
    averaging: averagingSchema
      .optional()
      .describe('A mean of the weights, measured beside the last ones and kept as a model of its own.'),
    snapshots: z
      .strictObject({ cycles: z.int().min(2).max(1000) })
      .optional()
      .describe(
        'The learning rate falls as a cosine in equal cycles; the weights at the end of each are kept.',
      ),
    transfer: transferSchema.optional(),
    ensemble: combinationSchema
      .optional()
      .describe('The run combines the models of others and trains nothing.'),
    distill: distillationSchema.optional().describe('The run learns from the ensemble that it follows.'),
    seed: z
      .int()
      .min(0)
      .max(2 ** 32 - 1),
  })
  .superRefine((run, context) => {
    // What is at fault by itself is not looked at together.
    const flawed = new Set(context.issues.map(({ path }) => path?.[0]))
    if (flawed.has('optimizer')) return
    const { optimizer } = run
    const whole = optimizer.name === 'lbfgs' || optimizer.name === 'sfo'
    if (whole && !['model', 'augmentation', 'sampling'].some((part) => flawed.has(part))) {
      for (const { path, message } of changingLossFaults(optimizer.name, run)) {
        context.addIssue({ code: 'custom', path: [...path], message, input: run })
      }
    }
    for (const { path, message } of flawed.has('schedule') ? [] : snapshotFaults(run)) {
      context.addIssue({ code: 'custom', path: [...path], message, input: run })
    }
    const message = flawed.has('schedule') ? undefined : learningRateFault(run.schedule, run.optimizer)
    if (message !== undefined) {
      context.addIssue({ code: 'custom', path: ['schedule'], message, input: run.schedule })
    }
    if (flawed.has('schedules')) return
    for (const [name, schedule] of Object.entries(run.schedules ?? {})) {
      const message = hyperparameterFault(name, schedule, run.optimizer)
      if (message === undefined) continue
      context.addIssue({ code: 'custom', path: ['schedules', name], message, input: schedule })
    }
  })

export type RunDocument = z.output<typeof runSchema>

function learningRateFault(schedule: ScheduleDocument, optimizer: OptimizerDocument): string | undefined {
  const rate = learningRateOf(optimizer)
  if (schedule.name === 'constant' && (schedule.initial === undefined || rate === undefined)) return undefined
  if (rate === undefined) return 'the optimizer has no learningRate to schedule'
  if (rate.value > 0) return scheduleFault(schedule, rate.value)
  // A rule's rate may be anything; one that is not above 0 is no base, and NaN is refused wherever a base is taken.
  const fault = scheduleFault(schedule, 1)
  if (fault !== undefined || scheduleFault(schedule, Number.NaN) === undefined) return fault
  return `needs "initial", "peak" or "high": the optimizer's rate is ${rate.value}, and a schedule starts above 0`
}

function hyperparameterFault(
  name: string,
  schedule: ScheduleDocument,
  optimizer: OptimizerDocument,
): string | undefined {
  if (isQuasiNewton(optimizer) && name !== learningRateOf(optimizer)?.name) {
    return `${optimizer.name} has no hyper-parameter "${name}" that can follow a schedule`
  }
  const values = new Map<string, unknown>(
    Object.entries(optimizer.name === 'rule' ? optimizer.hyperparameters : optimizer),
  )
  if (name === learningRateOf(optimizer)?.name) return 'the learning rate follows "schedule"'
  const value = values.get(name)
  if (typeof value !== 'number') {
    const known = [...values].filter(([, each]) => typeof each === 'number').map(([each]) => each)
    return `unknown hyper-parameter "${name}"; there are: ${known.join(', ') || 'none'}`
  }
  if (isQuasiNewton(optimizer)) return undefined
  const ranges = optimizer.name === 'rule' ? [] : optimizerDefinitions[optimizer.name].hyperparameters
  return scheduleFault(schedule, value, ranges.find((each) => each.name === name)?.range)
}
