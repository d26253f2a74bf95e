import { ensembleReportSchema, runScoresSchema } from '@thalweg/document'
import { z } from 'zod'
import { runResourceSchema } from './wire.ts'

const { meanMember, disagreement, diversity } = ensembleReportSchema.shape
const { scores, predictionTimeMs } = meanMember.shape

const ofRun = z.object({
  run: z.string().describe("The run's id."),
  state: runResourceSchema.shape.state,
  reason: runResourceSchema.shape.reason,
  message: runResourceSchema.shape.message,
  scores: scores.describe('None until it has ended; of a validation and a test part, where there are.'),
  predictionTimeMs: predictionTimeMs.optional(),
})

const trained = ofRun.extend({ biasCorrection: runScoresSchema.shape.biasCorrection })

/** What came of an experiment's ensemble and of the student that learnt from it. */
export const experimentReportSchema = z.object({
  members: z
    .array(
      ofRun.extend({
        name: z.string().describe('What sets it apart, such as `seed 1`.'),
        model: z.string().optional().describe('Which of the files that the run left, once it is combined.'),
        weight: z.number().min(0).optional().describe('In the ensemble; absent until there is one.'),
        leftOut: z.string().optional().describe('Why it is no part of the ensemble.'),
      }),
    )
    .describe('One for each model; of a run that left none, one.'),
  meanMember: meanMember.optional().describe("The means of the members' numbers."),
  ensemble: ofRun,
  disagreement: disagreement.optional(),
  diversity: diversity.optional(),
  student: trained.optional(),
  baseline: trained.optional().describe('The same student, trained on the labels.'),
})
export type ExperimentReport = z.output<typeof experimentReportSchema>
