import { z } from 'zod'
import { ProblemError } from '../http/problem.ts'
import { noQuery } from '../http/query.ts'
import { defineRoute, json } from '../openapi/define-route.ts'
import type { AddRoutes } from './services.ts'

const tags = ['Service']

const healthz = defineRoute({
  method: 'get',
  path: '/healthz',
  tags,
  summary: 'Whether the service answers',
  request: { query: noQuery },
  responses: { 200: json('It does.', z.object({ status: z.literal('ok') })) },
})

const readyz = defineRoute(
  {
    method: 'get',
    path: '/readyz',
    tags,
    summary: 'Whether the service takes experiments',
    request: { query: noQuery },
    responses: { 200: json('It does.', z.object({ status: z.literal('ready') })) },
  },
  ['draining'],
)

export const addHealthRoutes: AddRoutes = (app, { isDraining }) => {
  app.openapi(healthz, (c) => c.json({ status: 'ok' as const }, 200))
  app.openapi(readyz, (c) => {
    if (isDraining()) throw new ProblemError('draining')
    return c.json({ status: 'ready' as const }, 200)
  })
}
