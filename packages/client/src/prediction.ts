import { z } from 'zod'

/** The largest number that a model of single precision can take. */
const largest = 2 ** 127 * (2 - 2 ** -23)

/** What `POST /v1/predictions` takes. */
export const predictionRequestSchema = z
  .strictObject({
    run: z.string().max(100).describe('The id of a run that left a model: a training or an ensemble.'),
    rows: z
      .array(z.array(z.number().min(-largest).max(largest)).min(1).max(1_000_000))
      .min(1)
      .max(10_000)
      .describe('Samples [rows, features], as their data set has them, before preprocessing.'),
    temperature: z
      .number()
      .gt(0)
      .max(1000)
      .default(1)
      .describe('Above 1 the probabilities become more alike, below 1 more unlike.'),
  })
  .superRefine(({ rows }, context) => {
    const width = rows[0]?.length
    const unlike = rows.findIndex((row) => row.length !== width)
    if (unlike < 0) return
    const message = `must have ${width} numbers as the first row, got ${rows[unlike]?.length}`
    context.addIssue({ code: 'custom', path: ['rows', unlike], message, input: rows })
  })
export type PredictionRequest = z.input<typeof predictionRequestSchema>

/** What it answers. */
export const predictionsSchema = z.object({
  classes: z.array(z.string()).describe("The classes' names; numbers from 0 where the data set has none."),
  probabilities: z.array(z.array(z.number())).describe('[rows, classes]'),
  prediction: z.array(z.int().min(0)).describe('Of each row the place of the likeliest class.'),
})
export type Predictions = z.output<typeof predictionsSchema>
