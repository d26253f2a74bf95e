import { pageSchema } from '@thalweg/client'
import { type RecordedKey, recordedKeySchema, seriesKeys } from '@thalweg/document'
import { z } from 'zod'
import { ProblemError } from '../http/problem.ts'
import { querySchema, text, wholeNumber } from '../http/query.ts'
import { components } from '../openapi/components.ts'
import { defineRoute, json } from '../openapi/define-route.ts'
import { seriesResource } from '../resources/series-resource.ts'
import type { AddRoutes } from './services.ts'

/** Reading them keeps the service from answering others. */
const mostKeys = 32

const known = `${seriesKeys.join(', ')}, and of a tensor such as dense1.weight its .norm, .gradientNorm, .updateNorm`

function keysOf(list: string): readonly RecordedKey[] {
  const names = list.split(',')
  if (names.length > mostKeys) {
    const detail = `keys must name at most ${mostKeys} series, got ${names.length}`
    throw new ProblemError('invalid-query', { detail })
  }
  return names.map((name) => {
    const key = recordedKeySchema.safeParse(name)
    if (key.success) return key.data
    const detail = `there is no series ${JSON.stringify(name)}; there are: ${known}`
    throw new ProblemError('invalid-query', { detail })
  })
}

const series = defineRoute(
  {
    method: 'get',
    path: '/v1/runs/{id}/series',
    tags: ['Runs'],
    summary: "Get a run's series",
    description:
      'A series with more points than asked for keeps the first, smallest, largest and last point of each of equal ' +
      'ranges of steps, so that no peak is lost.',
    request: {
      params: z.object({ id: z.string() }),
      query: querySchema({
        keys: text('keys')
          .optional()
          .describe(
            `At most ${mostKeys}, separated by commas: ${known}. By default all that the run has but those of tensors.`,
          ),
        from: wholeNumber('from', 0, Number.MAX_SAFE_INTEGER).optional().describe('First step.'),
        to: wholeNumber('to', 0, Number.MAX_SAFE_INTEGER).optional().describe('Last step, inclusive.'),
        points: wholeNumber('points', 1, 100_000).default(10_000).describe('Points a series, about.'),
      }),
    },
    responses: { 200: json('The series.', pageSchema(components.Series)) },
  },
  ['not-found'],
)

export const addSeriesRoutes: AddRoutes = (app, { store }) => {
  app.openapi(series, async (c) => {
    const { id } = c.req.valid('param')
    const { keys, from, to, points } = c.req.valid('query')
    const found = await store.series(id, {
      points,
      ...(keys !== undefined && { keys: keysOf(keys) }),
      ...(from !== undefined && { from }),
      ...(to !== undefined && { to }),
    })
    if (found === undefined) throw new ProblemError('not-found', { detail: `there is no run ${id}` })
    return c.json({ items: found.map(seriesResource) }, 200)
  })
}
