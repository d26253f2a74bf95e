import { z } from 'zod'

/** Keys that could reach an object's prototype when a path is followed. */
const forbidden = new Set(['__proto__', 'constructor', 'prototype'])

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

/** A comparison: one run described, what varies in it, and the seeds to repeat it with. */
export const experimentSchema = z.strictObject({
  name: plainText.max(250),
  tags: z.array(plainText.max(100)).max(20).default([]),
  run: z
    .record(z.string(), z.json())
    .refine((run) => JSON.stringify(run).length <= experimentLimits.runCharacters, {
      error: `at most ${experimentLimits.runCharacters} characters of JSON`,
    })
    .refine((run) => !Object.hasOwn(run, 'seed'), { path: ['seed'], error: 'seeds are given by "seeds"' })
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
}
