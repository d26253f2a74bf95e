import {
  type CompleteOptimizerSpec,
  checkRule,
  learningRateOf as firstOrderRateOf,
  type HyperparameterDefinition,
  optimizerDefinitions,
  type Range,
  RuleError,
} from '@thalweg/optimizers'
import { z } from 'zod'
import { named } from './named.ts'
import { lbfgsSchema, onlineLbfgsSchema, type QuasiNewtonDocument, sfoSchema } from './quasi-newton.ts'

/** A number in a range given as data: the optimizers' and the schedules' own tables become the document's checks. */
export function numberIn(range: Range & { readonly integer?: true }): z.ZodNumber {
  let number = range.integer ? z.int() : z.number()
  if (range.greaterThan !== undefined) number = number.gt(range.greaterThan)
  if (range.atLeast !== undefined) number = number.gte(range.atLeast)
  if (range.lessThan !== undefined) number = number.lt(range.lessThan)
  if (range.atMost !== undefined) number = number.lte(range.atMost)
  return number
}

const [firstBuiltIn, ...otherBuiltIn] = Object.values(optimizerDefinitions).map((definition) => {
  const { name, rule, hyperparameters, conventions } = definition
  const [own, ...others] = conventions.map((form) => form.name)
  return z
    .strictObject({
      name: z.literal(name),
      ...(own !== undefined && { convention: z.enum([own, ...others]).default(own) }),
      ...Object.fromEntries(hyperparameters.map((each) => [each.name, hyperparameter(each)])),
    })
    .describe(rule)
})

function hyperparameter({ default: value, range }: HyperparameterDefinition): z.ZodType {
  return typeof value === 'boolean' ? z.boolean().default(value) : numberIn(range).default(value)
}

/** Bounds on a rule that comes from outside. */
const ruleLimits = { characters: 4000, hyperparameters: 32 } as const

const rule = z
  .strictObject({
    name: z.literal('rule'),
    rule: z.string().min(1).max(ruleLimits.characters),
    hyperparameters: z
      .record(z.string().regex(/^[A-Za-z_][A-Za-z_0-9]{0,63}$/), z.number())
      .refine((values) => Object.keys(values).length <= ruleLimits.hyperparameters, {
        error: `at most ${ruleLimits.hyperparameters} hyper-parameters`,
      })
      .default({}),
  })
  .superRefine((value, context) => {
    try {
      checkRule(value.rule, Object.keys(value.hyperparameters))
    } catch (error) {
      if (!(error instanceof RuleError)) throw error
      context.addIssue({ code: 'custom', path: ['rule'], message: error.message, input: value.rule })
    }
  })
  .describe('An update rule as text, in the notation of @thalweg/optimizers.')

/** An optimizer of one gradient a step with every hyper-parameter filled in, or a rule as text. */
// A type of its own, so that declarations of packages that use it name this package.
export type FirstOrderDocument = Readonly<CompleteOptimizerSpec>
/** An optimizer by name, or a rule as text. */
export type OptimizerDocument = FirstOrderDocument | QuasiNewtonDocument

const quasiNewtonNames: ReadonlySet<string> = new Set(
  [lbfgsSchema, onlineLbfgsSchema, sfoSchema].map(({ shape }) => shape.name.value),
)

export function isQuasiNewton(optimizer: OptimizerDocument): optimizer is QuasiNewtonDocument {
  return quasiNewtonNames.has(optimizer.name)
}

/** The hyper-parameter that the run's schedule sets, and its value; undefined if the optimizer has none. */
export function learningRateOf(
  optimizer: OptimizerDocument,
): { readonly name: string; readonly value: number } | undefined {
  if (!isQuasiNewton(optimizer)) return firstOrderRateOf(optimizer)
  const { learningRate: value } = optimizer
  return value === undefined ? undefined : { name: 'learningRate', value }
}

/** What is left out has the defaults of the convention that is named; the options know those of the first one. */
function withDefaults(input: unknown): unknown {
  if (typeof input !== 'object' || input === null || !('name' in input) || !('convention' in input))
    return input
  const definition = Object.values(optimizerDefinitions).find(({ name }) => name === input.name)
  const form = definition?.conventions.find(({ name }) => name === input.convention)
  return form === undefined ? input : { ...form.defaults, ...input }
}

// The options are made from the optimizers' own table, whose names and numbers the compiler cannot follow.
export const optimizerSchema = z.preprocess(
  withDefaults,
  named('optimizer', [firstBuiltIn, ...otherBuiltIn, lbfgsSchema, onlineLbfgsSchema, sfoSchema, rule]),
) as z.ZodType<unknown> as z.ZodType<OptimizerDocument>
