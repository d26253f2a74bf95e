import {
  type DatasetResource,
  type OptimizerResource,
  pageSchema,
  type ScheduleResource,
} from '@thalweg/client'
import { datasetSchema, quasiNewtonDefinitions } from '@thalweg/document'
import { createOptimizer, explain, type OptimizerName, optimizerDefinitions } from '@thalweg/optimizers'
import { type Parameter, scheduleDefinitions } from '@thalweg/schedulers'
import { z } from 'zod'
import { noQuery } from '../http/query.ts'
import { components } from '../openapi/components.ts'
import { defineRoute, json } from '../openapi/define-route.ts'
import type { AddRoutes } from './services.ts'

const tags = ['What a document can name']

const optimizers = defineRoute({
  method: 'get',
  path: '/v1/optimizers',
  tags,
  summary: 'Optimizers',
  description:
    'Besides these a document can give an update rule as text: `{ "name": "rule", "rule": "w -= lr * g" }`.',
  request: { query: noQuery },
  responses: { 200: json('All of them.', pageSchema(components.Optimizer)) },
})

const schedules = defineRoute({
  method: 'get',
  path: '/v1/schedules',
  tags,
  summary: 'Learning-rate schedules',
  description:
    "`initial`, `peak` and `high` default to the optimizer's learning rate; lengths are in steps. The range of a list is that of its numbers; what is another schedule (`then`, `schedule`, `schedules`) has none.",
  request: { query: noQuery },
  responses: { 200: json('All of them.', pageSchema(components.Schedule)) },
})

const datasets = defineRoute({
  method: 'get',
  path: '/v1/datasets',
  tags,
  summary: 'Data sets',
  request: { query: noQuery },
  responses: { 200: json('All of them.', pageSchema(components.Dataset)) },
})

const firstOrderItems = Object.values(optimizerDefinitions).map(
  ({ name, source, rule, hyperparameters, conventions }): OptimizerResource => ({
    name,
    source,
    rule,
    hyperparameters: hyperparameters.map((each) => ({ ...each, range: { ...each.range } })),
    conventions: conventions.map((form) => ({ ...form, defaults: { ...form.defaults } })),
    ...explanationOf(name),
  }),
)

const quasiNewtonItems = quasiNewtonDefinitions.map(
  ({ name, source, rule, options }): OptimizerResource => ({
    name,
    source,
    rule,
    hyperparameters: options.map(({ choices, ...each }) => ({
      ...each,
      range: { ...each.range },
      ...(choices !== undefined && { choices: [...choices] }),
    })),
    conventions: [],
  }),
)

const optimizerItems = [...firstOrderItems, ...quasiNewtonItems]

/** What a step does to memory; nothing for what is no rule over coordinates. */
function explanationOf(name: OptimizerName): Pick<OptimizerResource, 'explanation'> {
  const optimizer = createOptimizer({ name })
  if (!optimizer.plannable) return {}
  const { passes, states, bytesPerParameter } = explain(optimizer)
  return {
    explanation: {
      passes: passes.map(({ reads, writes, sums }) => ({ reads: [...reads], writes: [...writes], sums })),
      states: [...states],
      bytesPerParameter,
    },
  }
}

const scheduleItems = Object.values(scheduleDefinitions).map(
  ({ name, equation, parameters }): ScheduleResource => ({
    name,
    equation,
    parameters: Object.entries(parameters).map(([each, parameter]) => ({
      name: each,
      ...numbersOf(parameter),
    })),
  }),
)

/** What the numbers of a parameter may be. */
function numbersOf(parameter: Parameter): Omit<ScheduleResource['parameters'][number], 'name'> {
  const { kind = 'number' } = parameter
  if (parameter.kind === 'schedule' || parameter.kind === 'schedules')
    return { kind, integer: false, range: {} }
  const numbers = parameter.kind === 'numbers' ? parameter.each : parameter
  const { integer = false, greaterThan, atLeast, lessThan, atMost } = numbers
  const value = parameter.kind === undefined ? parameter.default : undefined
  return { kind, default: value, integer, range: { greaterThan, atLeast, lessThan, atMost } }
}

const jsonObject = z.record(z.string(), z.json())

const datasetItems = datasetSchema.options.map(
  (option): DatasetResource => ({
    name: option.shape.name.value,
    summary: option.description ?? '',
    schema: jsonObject.parse(JSON.parse(JSON.stringify(z.toJSONSchema(option, { io: 'input' })))),
  }),
)

export const addCatalogRoutes: AddRoutes = (app) => {
  app.openapi(optimizers, (c) => c.json({ items: optimizerItems }, 200))
  app.openapi(schedules, (c) => c.json({ items: scheduleItems }, 200))
  app.openapi(datasets, (c) => c.json({ items: datasetItems }, 200))
}
