import { z } from 'zod'
import { distillSchema } from './distillation.ts'
import { ensembleSchema } from './ensemble.ts'

/** Keys that could reach an object's prototype when a path is followed. */
const forbidden = new Set(['__proto__', 'constructor', 'prototype'])

/** What of a run document an experiment says elsewhere, and where. */
const elsewhere = {
  seed: 'seeds',
  ensemble: 'ensemble',
  distill: 'distill',
  transfer: 'distill.transfer',
} as const

/** A place in `run` that can vary. */
export const axisPath = z
  .string()
  .max(250)
  .regex(/^[A-Za-z][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*$/, {
    error: 'a dotted path into "run", such as optimizer.learningRate',
  })
  .refine((value) => !value.split('.').some((part) => forbidden.has(part)), {
    error: 'this name cannot be varied',
  })
  .refine((value) => value.split('.')[0] !== 'seed', { error: 'seeds vary with "seeds"' })
  .refine((value) => value.split('.')[0] === 'seed' || !Object.hasOwn(elsewhere, value.split('.')[0]), {
    error: 'cannot be varied: it stands beside "run"',
  })

/** Control characters and those that turn the direction of writing would change what a table around a name says. */
const plainText = z
  .string()
  .trim()
  .min(1)
  .regex(/^[^\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]*$/u, {
    error: 'no control characters',
  })

/** Bounds on what one document may ask for. */
export const experimentLimits = {
  runs: 1000,
  seeds: 1000,
  axisValues: 1000,
  axes: 16,
  runCharacters: 32_768,
} as const

const axisValues = z
  .array(z.json())
  .min(1)
  .max(experimentLimits.axisValues)
  .refine((values) => new Set(values.map((value) => JSON.stringify(value))).size === values.length, {
    error: 'values repeat',
  })

/** What holds for the run that all share and for what a student has instead. */
function checkRun(
  run: Readonly<Record<string, unknown>>,
  context: z.RefinementCtx,
  path: readonly string[] = [],
): void {
  if (JSON.stringify(run).length > experimentLimits.runCharacters) {
    const message = `at most ${experimentLimits.runCharacters} characters of JSON`
    context.addIssue({ code: 'custom', path: [...path], message, input: run })
  }
  for (const [key, place] of Object.entries(elsewhere)) {
    if (!Object.hasOwn(run, key)) continue
    const message = key === 'seed' ? 'seeds are given by "seeds"' : `is given by "${place}", beside "run"`
    context.addIssue({ code: 'custom', path: [...path, key], message, input: run })
  }
}

/** A comparison: one run described, what varies in it, and the seeds to repeat it with. */
export const experimentSchema = z
  .strictObject({
    name: plainText.max(250),
    tags: z.array(plainText.max(100)).max(20).default([]),
    run: z
      .record(z.string(), z.json())
      .superRefine((run, context) => checkRun(run, context))
      .describe('The run that all share; see the run document.'),
    vary: z
      .record(axisPath, axisValues)
      .refine((axes) => Object.keys(axes).length <= experimentLimits.axes, {
        error: `at most ${experimentLimits.axes} axes`,
      })
      .superRefine((axes, context) => {
        if (Object.keys(axes).length > experimentLimits.axes) return
        for (const inner of Object.keys(axes)) {
          const outer = Object.keys(axes).find((other) => inner.startsWith(`${other}.`))
          if (outer === undefined) continue
          const message = `"${outer}" varies too, and replaces the whole of it`
          context.addIssue({ code: 'custom', path: [inner], message, input: axes })
        }
      })
      .default({})
      .describe('Dotted path in "run" -> values, each replacing the whole subtree; axes cross.'),
    search: z.strictObject({ method: z.literal('grid') }).default({ method: 'grid' }),
    seeds: z
      .array(
        z
          .int()
          .min(0)
          .max(2 ** 32 - 1),
      )
      .min(1)
      .max(experimentLimits.seeds)
      .refine((seeds) => new Set(seeds).size === seeds.length, { error: 'seeds repeat' })
      .default([1]),
    ensemble: ensembleSchema.optional().describe('What is made of the runs together: their models as one.'),
    distill: distillSchema
      .superRefine(({ run }, context) => checkRun(run, context, ['run']))
      .optional()
      .describe('A student that learns from the ensemble.'),
  })
  .refine(({ ensemble, distill }) => distill === undefined || ensemble !== undefined, {
    path: ['distill'],
    error: 'needs an "ensemble" to learn from; of one member it is a teacher',
  })

export type ExperimentDocument = z.output<typeof experimentSchema>
/** An experiment as its author writes it: what has a default may be left out. The schema checks what is inside. */
export interface ExperimentInput {
  readonly name: string
  readonly tags?: readonly string[]
  readonly run: Readonly<Record<string, unknown>>
  readonly vary?: Readonly<Record<string, readonly unknown[]>>
  readonly search?: { readonly method: 'grid' }
  readonly seeds?: readonly number[]
  readonly ensemble?: Readonly<Record<string, unknown>> | undefined
  readonly distill?: Readonly<Record<string, unknown>> | undefined
}
