import { z } from 'zod'

const memory = (least: number, what: string) => z.int().min(least).max(1000).default(10).describe(what)
const pairs = 'Pairs of steps and gradient changes kept.'
const threshold = z.number().min(0)

export const lbfgsSchema = z
  .strictObject({
    name: z.literal('lbfgs'),
    memory: memory(0, pairs),
    lineSearch: z
      .enum(['more-thuente', 'hager-zhang', 'strong-wolfe', 'backtracking'])
      .optional()
      .describe('more-thuente by default; with l1 backtracking, the only one.'),
    tolerance: z
      .strictObject({
        gradient: threshold
          .optional()
          .describe('Ends where no component of the gradient is larger: 1e-6 by default, in f32 1e-4.'),
        f: threshold
          .optional()
          .describe(
            'Ends where the loss no longer falls by this part of it: ten roundings by default; 0: never.',
          ),
        x: threshold
          .optional()
          .describe('Ends where no weight changes by this part of the largest; 0, never, by default.'),
      })
      .optional(),
    damping: z
      .number()
      .min(0)
      .lt(1)
      .default(0)
      .describe("Powell's: s'y is kept at least this part of s'Bs; 0 is none. Neither with bounds nor l1."),
    bounds: z
      .strictObject({
        lower: z.number().optional().describe('None by default.'),
        upper: z.number().optional().describe('None by default.'),
      })
      .optional()
      .describe('Every weight and bias stays between them: L-BFGS-B. Not together with l1.'),
    l1: z
      .strictObject({ strength: z.number().min(0).max(1e6) })
      .optional()
      .describe('Adds strength times the sum of the absolute weights to the loss, biases not: OWL-QN.'),
  })
  .superRefine(({ bounds, l1, damping, lineSearch }, context) => {
    const refuse = (path: string[], message: string): void => {
      context.addIssue({ code: 'custom', path, message })
    }
    const { lower = -Infinity, upper = Infinity } = bounds ?? {}
    if (lower > upper) refuse(['bounds', 'upper'], `upper must be at least lower, ${lower}`)
    if (bounds !== undefined && l1 !== undefined) refuse(['l1'], 'l1 and bounds exclude each other')
    if (damping > 0 && (bounds ?? l1) !== undefined) {
      refuse(['damping'], 'damping goes neither with bounds nor with l1')
    }
    if (l1 !== undefined && lineSearch !== undefined && lineSearch !== 'backtracking') {
      refuse(['lineSearch'], 'with l1 it must be backtracking: others need a slope that l1 does not have')
    }
  })
  .describe('w += a d,  d = -H gradient,  H from the last pairs (s, y),  a by the line search')

export const onlineLbfgsSchema = z
  .strictObject({
    name: z.literal('onlineLbfgs'),
    learningRate: z.number().gt(0).max(1e6).default(0.1),
    memory: memory(1, pairs),
    lambda: z.number().min(0).max(1e6).default(0).describe('Added to every curvature: y += lambda s.'),
    epsilon: z
      .number()
      .gt(0)
      .max(1e6)
      .optional()
      .describe('The first direction is -epsilon gradient: 1e-10 by default, in f32 1e-4.'),
  })
  .describe(
    'w += learningRate d,  d = -H gradient,  H from pairs (s, y), y = gradient(w + s) - gradient(w) on one batch',
  )

export const sfoSchema = z
  .strictObject({
    name: z.literal('sfo'),
    subfunctions: z
      .int()
      .min(1)
      .max(10_000)
      .optional()
      .describe(
        'Parts of the training data; sqrt(samples) / 10 by default, at least 25, at most one a sample.',
      ),
    order: z.enum(['farthest', 'cyclic', 'random']).default('farthest').describe('Which part comes next.'),
    start: z
      .enum(['growing', 'all'])
      .default('growing')
      .describe('growing: two parts, others as they are needed.'),
    update: z.enum(['bfgs', 'rank-1']).default('bfgs').describe('The quasi-Newton update.'),
    memory: memory(1, 'Pairs kept for each part.'),
    tolerance: threshold.default(1e-6).describe('Ends where the gradient of the sum is at most so long.'),
  })
  .describe("w -= B^-1 G'(w),  G the sum of a quadratic model of every part,  B = sum_i B_i its Hessian")

/** So that a reader of any optimizer's rate need not tell these apart. */
interface WithoutRate {
  readonly learningRate?: undefined
}

export type LbfgsDocument = z.output<typeof lbfgsSchema> & WithoutRate
export type OnlineLbfgsDocument = z.output<typeof onlineLbfgsSchema>
export type SfoDocument = z.output<typeof sfoSchema> & WithoutRate
/** A quasi-Newton method, which `@thalweg/lbfgs` holds. */
export type QuasiNewtonDocument = LbfgsDocument | OnlineLbfgsDocument | SfoDocument
