import {
  type DatasetResource,
  type OptimizerResource,
  pageSchema,
  type ScheduleResource,
} from '@thalweg/client'
import { datasetSchema } from '@thalweg/document'
import { optimizerDefinitions } from '@thalweg/optimizers'
import { scheduleDefinitions } from '@thalweg/schedulers'
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
  description: "`initial` defaults to the optimizer's learning rate; lengths are in steps.",
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

const optimizerItems = Object.values(optimizerDefinitions).map(
  ({ name, source, rule, hyperparameters }): OptimizerResource => ({
    name,
    source,
    rule,
    hyperparameters: hyperparameters.map((each) => ({ ...each, range: { ...each.range } })),
  }),
)

const scheduleItems = Object.values(scheduleDefinitions).map(
  ({ name, equation, parameters }): ScheduleResource => ({
    name,
    equation,
    parameters: Object.entries(parameters).map(([each, { default: value, integer = false, ...range }]) => ({
      name: each,
      default: value,
      integer,
      range,
    })),
  }),
)

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
