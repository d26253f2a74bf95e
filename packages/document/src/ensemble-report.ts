import { z } from 'zod'

/** JSON has no number for those that are not finite. Literals: the declaration of an enum would lose "-Infinity". */
const score = z.union([z.number(), z.literal(['NaN', 'Infinity', '-Infinity'])])

/** How good predicted probabilities are. */
export const scoresSchema = z.object({
  loss: score.describe("Minus the mean log of the label's probability."),
  accuracy: score,
  brier: score,
  calibrationError: score.describe('In 15 equal bins.'),
  classAccuracy: z
    .array(z.number().nullable())
    .optional()
    .describe('Of each class the fraction of its samples that are right; null where there is none.'),
})
export type Scores = z.output<typeof scoresSchema>

const ofParts = <T extends z.ZodType>(each: T) =>
  z.object({ validation: each.optional(), test: each.optional() })

const partScores = ofParts(scoresSchema)
export type PartScores = z.output<typeof partScores>

const scored = z.object({
  scores: partScores,
  predictionTimeMs: z.number().min(0).describe('For 1,000 samples.'),
})

/** What a combination says of its members and of itself: the artifact `report.json`. */
export const ensembleReportSchema = z.object({
  members: z
    .array(
      scored.extend({
        input: z.int().min(0).describe('Which of the runs that it combines, from 0.'),
        name: z.string(),
        model: z.string().describe("The artifact's name."),
        weight: z.number().min(0),
      }),
    )
    .describe('The models that were combined; a run may have left several.'),
  leftOut: z.array(z.object({ input: z.int().min(0), name: z.string(), why: z.string() })),
  meanMember: scored.describe("The means of the members' numbers."),
  ensemble: scored,
  disagreement: ofParts(z.number()).describe(
    'The fraction of samples that two members class unlike, the mean over pairs.',
  ),
  diversity: ofParts(z.number()).describe("The members' mean Kullback-Leibler divergence from their mean."),
})
export type EnsembleReport = z.output<typeof ensembleReportSchema>

/** The scores of one trained model: the artifact `scores.json`. */
export const runScoresSchema = z.object({
  scores: partScores,
  biasCorrection: z
    .object({
      classes: z.array(z.int().min(0)),
      offset: z.number().describe("What was added to the classes' biases."),
      frequency: z.number().describe('How often they are predicted since.'),
      before: partScores,
    })
    .optional(),
})
export type RunScores = z.output<typeof runScoresSchema>
