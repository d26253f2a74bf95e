import {
  datasetResourceSchema,
  experimentReportSchema,
  experimentResourceSchema,
  optimizerResourceSchema,
  predictionRequestSchema,
  predictionsSchema,
  problemSchema,
  runDetailsResourceSchema,
  runResourceSchema,
  scheduleResourceSchema,
  seriesResourceSchema,
  submittedSchema,
} from '@thalweg/client'
import { experimentSchema, runSchema } from '@thalweg/document'
import { z } from 'zod'

// The library behind zod-openapi does not end on schemas that contain themselves, as any JSON value does. zod's own
// JSON Schema is what OpenAPI 3.1 wants, so the components come from there, and routes refer to them by name.

const documents = {
  ExperimentDocument: experimentSchema,
  RunDocument: runSchema,
  PredictionRequest: predictionRequestSchema,
}
const resources = {
  Experiment: experimentResourceSchema,
  ExperimentReport: experimentReportSchema,
  Predictions: predictionsSchema,
  Run: runResourceSchema,
  RunDetails: runDetailsResourceSchema,
  Series: seriesResourceSchema,
  Submitted: submittedSchema,
  Optimizer: optimizerResourceSchema,
  Schedule: scheduleResourceSchema,
  Dataset: datasetResourceSchema,
  Problem: problemSchema,
}

type ResourceName = keyof typeof resources

/** The place of a component in the API's description. */
export function referenceTo(name: ResourceName | keyof typeof documents) {
  return { $ref: `#/components/schemas/${name}` }
}

/** The schemas of the wire, which the API's description tells by reference to their components. */
export const components = {
  Experiment: referred('Experiment', experimentResourceSchema),
  ExperimentReport: referred('ExperimentReport', experimentReportSchema),
  Predictions: referred('Predictions', predictionsSchema),
  Run: referred('Run', runResourceSchema),
  RunDetails: referred('RunDetails', runDetailsResourceSchema),
  Series: referred('Series', seriesResourceSchema),
  Submitted: referred('Submitted', submittedSchema),
  Optimizer: referred('Optimizer', optimizerResourceSchema),
  Schedule: referred('Schedule', scheduleResourceSchema),
  Dataset: referred('Dataset', datasetResourceSchema),
}

function referred<T extends z.ZodType>(name: ResourceName, schema: T): T {
  return schema.meta({ type: 'object', ...referenceTo(name) })
}

/** Every component as JSON Schema (2020-12), as of OpenAPI 3.1. */
export function componentSchemas(): Readonly<Record<string, object>> {
  return Object.fromEntries([
    ...Object.entries(documents).flatMap(([name, schema]) =>
      hoisted(name, z.toJSONSchema(schema, { io: 'input' })),
    ),
    ...Object.entries(resources).flatMap(([name, schema]) => hoisted(name, z.toJSONSchema(schema))),
  ])
}

/** A schema's local definitions become components beside it, as `#` would mean the whole description. */
function hoisted(name: string, schema: z.core.JSONSchema.BaseSchema): [string, object][] {
  const { $schema: _, $defs = {}, ...rest } = schema
  return [
    [name, rest] as const,
    ...Object.entries($defs).map(([key, value]) => [`${name}.${key}`, value] as const),
  ].map(([key, value]) => [key, relocated(value, name)])
}

function relocated(schema: object, name: string): object {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/$defs/', `"#/components/schemas/${name}.`))
}
