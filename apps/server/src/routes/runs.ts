import { pageSchema } from '@thalweg/client'
import type { Run } from '@thalweg/store'
import { z } from 'zod'
import { nextPageLink } from '../http/next-page-link.ts'
import { ProblemError } from '../http/problem.ts'
import { noQuery, paging, querySchema, text } from '../http/query.ts'
import { components } from '../openapi/components.ts'
import { defineRoute, json } from '../openapi/define-route.ts'
import { runDetailsResource, runResource } from '../resources/run-resource.ts'
import type { AddRoutes } from './services.ts'

const list = defineRoute(
  {
    method: 'get',
    path: '/v1/runs',
    tags: ['Runs'],
    summary: 'List runs',
    request: {
      query: querySchema({
        filter: text('filter')
          .optional()
          .describe(
            'Such as `state = "succeeded" AND metrics.validation.accuracy >= 0.9`; all runs by default.',
          ),
        sort: text('sort')
          .optional()
          .describe(
            'Fields, `-` before one for falling order, separated by commas; newest first by default.',
          ),
        ...paging,
      }),
    },
    responses: { 200: json('A page of runs.', pageSchema(components.Run)) },
  },
  ['invalid-filter', 'invalid-sort', 'invalid-cursor', 'cursor-mismatch'],
)

const get = defineRoute(
  {
    method: 'get',
    path: '/v1/runs/{id}',
    tags: ['Runs'],
    summary: 'Get a run',
    request: { query: noQuery, params: z.object({ id: z.string() }) },
    responses: {
      200: json(
        'The run, with its artifacts and the names of its series of single tensors.',
        components.RunDetails,
      ),
    },
  },
  ['not-found'],
)

const cancel = defineRoute(
  {
    method: 'post',
    path: '/v1/runs/{id}/cancellation',
    tags: ['Runs'],
    summary: 'Cancel a run',
    description: 'A queued run is cancelled at once; a running one is asked to stop, and keeps its curve.',
    request: { query: noQuery, params: z.object({ id: z.string() }) },
    responses: {
      200: json('The run is cancelled, or was asked to stop before.', components.Run),
      202: json('The run is asked to stop.', components.Run),
    },
  },
  ['not-found', 'run-finished', 'cross-origin'],
)

export const addRunRoutes: AddRoutes = (app, { store, dispatcher }) => {
  app.openapi(list, async (c) => {
    const { filter, sort, limit, cursor } = c.req.valid('query')
    const { items, nextCursor } = await store.runs({
      limit,
      ...(filter !== undefined && { filter }),
      ...(sort !== undefined && { sort }),
      ...(cursor !== undefined && { cursor }),
    })
    return c.json({ items: items.map(runResource), nextCursor }, 200, nextPageLink(c, nextCursor))
  })

  app.openapi(get, async (c) => {
    const { id } = c.req.valid('param')
    return c.json(runDetailsResource(found(await store.run(id), id)), 200)
  })

  app.openapi(cancel, async (c) => {
    const { id } = c.req.valid('param')
    const before = found(await store.run(id), id)
    const run = found(await store.requestCancellation(id), id)
    if (run.state === 'succeeded' || run.state === 'failed') {
      throw new ProblemError('run-finished', { detail: `run ${id} has already ${run.state}` })
    }
    if (run.state === 'cancelled' || before.cancelRequested) return c.json(runResource(run), 200)
    dispatcher.cancel(id)
    return c.json(runResource(run), 202)
  })
}

function found<T extends Run>(run: T | undefined, id: string): T {
  if (run === undefined) throw new ProblemError('not-found', { detail: `there is no run ${id}` })
  return run
}
