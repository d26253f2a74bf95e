import {
  experimentSchema,
  recordedKeySchema,
  runRoles,
  runSchema,
  seriesKeySchema,
  tensorSeriesKeySchema,
} from '@thalweg/document'
import { z } from 'zod'

/** A number that may be NaN or infinite: JSON has neither, so those three cross the wire as strings. */
export const wireNumberSchema = z
  .union([z.number(), z.literal(['NaN', 'Infinity', '-Infinity'])])
  .describe('A number; not-a-number and the infinities as strings.')

/** Encodes a number for the wire. */
export function toWireNumber(value: number): z.output<typeof wireNumberSchema> {
  if (Number.isFinite(value)) return value
  return Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity'
}

/** Decodes a number from the wire. */
export function fromWireNumber(value: z.output<typeof wireNumberSchema>): number {
  return Number(value)
}

// Resources are open objects: a newer service may add keys, and an older client leaves them out.

const time = z.iso.datetime({ precision: 3 }).describe('RFC 3339, UTC, milliseconds.')
const runState = z.enum(['queued', 'running', 'succeeded', 'failed', 'cancelled'])

/** An experiment as the service tells it. */
export const experimentResourceSchema = z.object({
  id: z.string(),
  name: z.string(),
  tags: z.array(z.string()),
  createdAt: time,
  document: experimentSchema,
  /** How many of its runs are in each state. */
  runs: z.record(runState, z.int().min(0)),
})

const metricSchema = z.object({
  last: wireNumberSchema,
  lastStep: z.int().min(0),
  min: z.number().optional().describe('Smallest finite value.'),
  max: z.number().optional().describe('Largest finite value.'),
  points: z.int().min(0),
})

/** A run as the service tells it; keys that do not apply yet are absent. */
export const runResourceSchema = z.object({
  id: z.string(),
  experimentId: z.string(),
  state: runState,
  reason: z.enum(['error', 'diverged', 'lost', 'timeout', 'limit']).optional().describe('Why it failed.'),
  message: z.string().optional().describe('For a person, where state and reason say too little.'),
  role: z
    .enum(runRoles)
    .describe('What it is to its experiment: one of a comparison, or a part of an ensemble.'),
  dependsOn: z.array(z.string()).describe('The runs that must have ended before it starts.'),
  document: runSchema,
  variation: z.record(z.string(), z.json()).describe('What sets this run apart: dotted path -> value.'),
  tags: z.array(z.string()),
  attempt: z.int().min(0).describe('How often a worker has started on it.'),
  backend: z
    .string()
    .optional()
    .describe('What computes matrix products in the newest attempt, with its version.'),
  cancelRequested: z.boolean(),
  createdAt: time,
  startedAt: time.optional(),
  finishedAt: time.optional(),
  step: z.int().min(0).describe('Completed updates.'),
  totalSteps: z.int().min(0).optional(),
  trainingMs: z.number().min(0).describe('Time spent training, all attempts together.'),
  stepsPerSecond: z.number().min(0).optional().describe('Over the time spent training.'),
  targetStep: z.int().min(0).optional().describe('The first step at which the target was reached.'),
  targetTrainingMs: z.number().min(0).optional().describe('Time spent training until then.'),
  stoppedEarly: z
    .boolean()
    .describe('Whether it succeeded before its last epoch, as its metric did not improve any more.'),
  solver: z
    .object({ status: z.string(), message: z.string() })
    .optional()
    .describe('How the solver of an optimizer that ends by itself has ended, such as "converged-gradient".'),
  predictionTimeMs: z.number().min(0).optional().describe('Of 1,000 samples, where scores were asked for.'),
  metrics: z.partialRecord(seriesKeySchema, metricSchema).describe('What became of each series.'),
})

/** A file that a run left. */
export const artifactResourceSchema = z.object({
  id: z.string(),
  name: z.string(),
  mediaType: z.string(),
  bytes: z.int().min(0),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  createdAt: time,
})

/** One run, with what lists leave out. */
export const runDetailsResourceSchema = runResourceSchema.extend({
  artifacts: z.array(artifactResourceSchema),
  tensorSeries: z
    .array(tensorSeriesKeySchema)
    .describe('The series of single tensors that it has; the metrics leave them out.'),
})

/** One recorded quantity over steps. */
export const seriesResourceSchema = z.object({
  key: recordedKeySchema,
  steps: z.array(z.int().min(0)),
  values: z.array(wireNumberSchema),
  sampled: z.boolean().describe('Whether points were left out.'),
})

/** What `POST /v1/experiments` answers. */
export const submittedSchema = z.object({
  id: z.string(),
  runs: z.array(z.string()).describe("The runs' ids, in the order of the expansion."),
})

/** One page of a list; `nextCursor` is absent on the last. */
export function pageSchema<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), nextCursor: z.string().optional() })
}

/** An error: RFC 9457, with a JSON pointer for every fault in the body. */
export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int().min(400).max(599),
  detail: z.string().optional(),
  instance: z.string().optional(),
  errors: z.array(z.object({ pointer: z.string(), code: z.string(), message: z.string() })).optional(),
})

const bound = z.number().optional()
const rangeSchema = z
  .object({ greaterThan: bound, atLeast: bound, lessThan: bound, atMost: bound })
  .describe('Bounds that are absent are infinite.')

const explanationSchema = z.object({
  passes: z.array(
    z.object({
      reads: z.array(z.string()),
      writes: z.array(z.string()),
      sums: z.int().min(0).describe('How many sums it gathers, which the next pass needs.'),
    }),
  ),
  states: z.array(z.string()).describe('Arrays of the length of the parameters.'),
  bytesPerParameter: z.object({ f32: z.number(), f64: z.number() }).describe('Read and written in a step.'),
})

/** An optimizer that a document can name. */
export const optimizerResourceSchema = z.object({
  name: z.string(),
  source: z.string().describe('Where the equation comes from.'),
  rule: z
    .string()
    .describe(
      'The update rule, in the notation of @thalweg/optimizers; of lbfgs, onlineLbfgs and sfo the step in short.',
    ),
  hyperparameters: z.array(
    z.object({
      name: z.string().describe('With a dot where it stands inside another.'),
      default: z
        .union([z.number(), z.boolean(), z.string()])
        .optional()
        .describe('Absent where it depends on something, or there is none: the summary says so.'),
      range: rangeSchema,
      choices: z.array(z.string()).optional().describe('What a text can be.'),
      summary: z.string().optional(),
    }),
  ),
  conventions: z
    .array(
      z.object({
        name: z.string(),
        rule: z.string(),
        defaults: z.record(z.string(), z.union([z.number(), z.boolean()])),
      }),
    )
    .describe('The forms of other sources, the default one first; none where there is one form only.'),
  explanation: explanationSchema
    .optional()
    .describe('What a step does to memory with the defaults; absent for what is no rule over coordinates.'),
})

/** A schedule that a document can name. */
export const scheduleResourceSchema = z.object({
  name: z.string(),
  equation: z.string(),
  parameters: z.array(
    z.object({
      name: z.string(),
      kind: z.enum(['number', 'numbers', 'schedule', 'schedules']),
      default: z.number().optional(),
      integer: z.boolean(),
      range: rangeSchema.describe('Of a number, or of each number of a list.'),
    }),
  ),
})

/** A data set that a document can name. */
export const datasetResourceSchema = z.object({
  name: z.string(),
  summary: z.string(),
  schema: z.record(z.string(), z.json()).describe('JSON Schema of its part of the document.'),
})

export type ExperimentResource = z.output<typeof experimentResourceSchema>
export type RunResource = z.output<typeof runResourceSchema>
export type RunDetailsResource = z.output<typeof runDetailsResourceSchema>
export type ArtifactResource = z.output<typeof artifactResourceSchema>
export type SeriesResource = z.output<typeof seriesResourceSchema>
export type Submitted = z.output<typeof submittedSchema>
export type Problem = z.output<typeof problemSchema>
export type OptimizerResource = z.output<typeof optimizerResourceSchema>
export type ScheduleResource = z.output<typeof scheduleResourceSchema>
export type DatasetResource = z.output<typeof datasetResourceSchema>

export interface Page<T> {
  readonly items: readonly T[]
  readonly nextCursor?: string | undefined
}
