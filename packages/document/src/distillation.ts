import { z } from 'zod'

/** Training samples of some classes are left out. */
export const transferSchema = z.strictObject({
  without: z
    .array(z.int().min(0).max(65_535))
    .min(1)
    .max(1000)
    .refine((classes) => new Set(classes).size === classes.length, { error: 'classes repeat' })
    .describe('Classes whose training samples are left out, from 0.'),
})

const losses = {
  temperature: z
    .number()
    .gt(0)
    .max(1000)
    .default(4)
    .describe('Of the softmax of teacher and student in the soft part of the loss.'),
  hardWeight: z
    .number()
    .min(0)
    .max(1)
    .default(0.5)
    .describe("The labels' part of the loss; the rest is the teacher's, times temperature squared."),
  labelSmoothing: z.number().min(0).lt(1).optional().describe('Of the labels.'),
  biasCorrection: z
    .boolean()
    .optional()
    .describe('Fits the biases of the classes that the transfer set lacks, after training.'),
}

/** How a run learns from a teacher. */
export const distillationSchema = z.strictObject(losses)
export type DistillationDocument = z.output<typeof distillationSchema>

/** The student that is to learn from an experiment's ensemble. */
export const distillSchema = z
  .strictObject({
    run: z
      .record(z.string(), z.json())
      .refine((run) => Object.hasOwn(run, 'model'), { path: ['model'], error: "names the student's model" })
      .describe('What is not as in `run`: `model`, and other keys, each replaced as a whole.'),
    ...losses,
    transfer: transferSchema.optional(),
    baseline: z
      .boolean()
      .default(true)
      .describe('Trains the same student on the labels of the same samples as well, to compare.'),
  })
  .refine(({ biasCorrection, transfer }) => biasCorrection !== true || transfer !== undefined, {
    path: ['biasCorrection'],
    error: 'is for a transfer set that lacks classes: give "transfer"',
  })
export type DistillDocument = z.output<typeof distillSchema>
