import type { Range } from '@thalweg/optimizers'
import { z } from 'zod'
import { lbfgsSchema, onlineLbfgsSchema, type QuasiNewtonDocument, sfoSchema } from './quasi-newton.ts'

/** What a form or an API needs to offer a quasi-Newton method. */
export interface QuasiNewtonDefinition {
  readonly name: QuasiNewtonDocument['name']
  readonly source: string
  /** The step in short. */
  readonly rule: string
  readonly options: readonly QuasiNewtonOption[]
}

/** An option; one with a dot in its name stands inside another. */
export interface QuasiNewtonOption {
  readonly name: string
  /** Absent where it depends on something, or where there is none: the summary says so. */
  readonly default?: number | string
  /** Of a number. */
  readonly range: Range
  /** What a text can be. */
  readonly choices?: readonly string[]
  readonly summary?: string
}

/** The quasi-Newton methods that a document can name. */
export const quasiNewtonDefinitions: readonly QuasiNewtonDefinition[] = [
  define(
    lbfgsSchema,
    'Liu & Nocedal 1989, doi.org/10.1007/BF01589116; with bounds Byrd, Lu, Nocedal & Zhu 1995; with l1 Andrew & Gao 2007 (OWL-QN)',
  ),
  define(
    onlineLbfgsSchema,
    'Schraudolph, Yu & Günter 2007, "A stochastic quasi-Newton method for online convex optimization"',
  ),
  define(sfoSchema, 'Sohl-Dickstein, Poole & Ganguli 2014, arXiv:1311.2115'),
]

function define(
  schema: typeof lbfgsSchema | typeof onlineLbfgsSchema | typeof sfoSchema,
  source: string,
): QuasiNewtonDefinition {
  const { name, ...options } = propertiesOf(z.toJSONSchema(schema, { io: 'input' }))
  return {
    name: schema.shape.name.value,
    source,
    rule: schema.description ?? '',
    options: Object.entries(options).flatMap(([each, option]) => optionsOf(each, option)),
  }
}

type JsonSchema = z.core.JSONSchema.BaseSchema

function propertiesOf({ properties = {} }: JsonSchema): Readonly<Record<string, JsonSchema>> {
  return Object.fromEntries(
    Object.entries(properties).filter(([, each]) => typeof each === 'object'),
  ) as Record<string, JsonSchema>
}

/** An option, or the parts of one that is an object. */
function optionsOf(name: string, schema: JsonSchema): readonly QuasiNewtonOption[] {
  if (schema.type === 'object') {
    return Object.entries(propertiesOf(schema)).flatMap(([part, inner]) => {
      const { description: summary = schema.description } = inner
      return optionsOf(`${name}.${part}`, {
        ...inner,
        ...(summary !== undefined && { description: summary }),
      })
    })
  }
  const { default: value, description: summary, enum: choices } = schema
  return [
    {
      name,
      ...((typeof value === 'number' || typeof value === 'string') && { default: value }),
      range: rangeOf(schema),
      ...(choices !== undefined && { choices: choices.map(String) }),
      ...(summary !== undefined && { summary }),
    },
  ]
}

function rangeOf({ type, minimum, exclusiveMinimum, maximum, exclusiveMaximum }: JsonSchema): Range {
  return {
    ...(minimum !== undefined && { atLeast: minimum }),
    ...(typeof exclusiveMinimum === 'number' && { greaterThan: exclusiveMinimum }),
    ...(maximum !== undefined && { atMost: maximum }),
    ...(typeof exclusiveMaximum === 'number' && { lessThan: exclusiveMaximum }),
    ...(type === 'integer' && { integer: true as const }),
  }
}
