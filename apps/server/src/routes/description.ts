import { z } from 'zod'
import { noQuery } from '../http/query.ts'
import { componentSchemas } from '../openapi/components.ts'
import { defineRoute, json } from '../openapi/define-route.ts'
import { version } from '../version.ts'
import type { AddRoutes } from './services.ts'

const jsonObject = z.record(z.string(), z.unknown()).meta({ type: 'object' })
const tags = ['Service']

const home = defineRoute({
  method: 'get',
  path: '/',
  tags,
  summary: 'Where to go from here',
  request: { query: noQuery },
  responses: {
    200: json(
      'The name, the version and links.',
      z.object({ name: z.string(), version: z.string(), links: z.record(z.string(), z.string()) }),
    ),
  },
})

const description = defineRoute({
  method: 'get',
  path: '/openapi.json',
  tags,
  summary: 'This description',
  request: { query: noQuery },
  responses: { 200: json('OpenAPI 3.1.', jsonObject) },
})

const links = {
  documentation: '/docs',
  description: '/openapi.json',
  experiments: '/v1/experiments',
  runs: '/v1/runs',
  optimizers: '/v1/optimizers',
  schedules: '/v1/schedules',
  datasets: '/v1/datasets',
  health: '/healthz',
  readiness: '/readyz',
}

/** Added last: the description holds the routes that were added before it is first asked for. */
export const addDescriptionRoutes: AddRoutes = (app) => {
  for (const [name, schema] of Object.entries(componentSchemas())) {
    app.openAPIRegistry.registerComponent('schemas', name, schema)
  }
  app.openapi(home, (c) => c.json({ name: 'thalweg', version, links }, 200))
  let written: z.output<typeof jsonObject> | undefined
  app.openapi(description, (c) => {
    const info = { title: 'Thalweg', version, description: 'The experiment service.' }
    const document = () => app.getOpenAPI31Document({ openapi: '3.1.0', info })
    written ??= jsonObject.parse(JSON.parse(JSON.stringify(document())))
    return c.json(written, 200)
  })
}
