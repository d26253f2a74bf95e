import { pageSchema } from '@thalweg/client'
import { expand, experimentLimits } from '@thalweg/document'
import type { Store } from '@thalweg/store'
import { z } from 'zod'
import { readJsonBody } from '../http/json-body.ts'
import { nextPageLink } from '../http/next-page-link.ts'
import { ProblemError } from '../http/problem.ts'
import { noQuery, paging, querySchema } from '../http/query.ts'
import { missingDataFaults } from '../missing-data.ts'
import { components, referenceTo } from '../openapi/components.ts'
import { defineRoute, json } from '../openapi/define-route.ts'
import { experimentResource } from '../resources/experiment-resource.ts'
import type { AddRoutes } from './services.ts'

const example = {
  name: 'two optimizers',
  run: { dataset: { name: 'spirals' }, optimizer: { name: 'sgd' }, epochs: 20 },
  vary: { optimizer: [{ name: 'sgd', learningRate: 0.5 }, { name: 'adam' }] },
  seeds: [1, 2, 3],
}

const submit = defineRoute(
  {
    method: 'post',
    path: '/v1/experiments',
    tags: ['Experiments'],
    summary: 'Submit an experiment',
    description:
      'Queues every run that the document expands into; `run` with what `vary` puts in its places is a RunDocument. ' +
      'Once this answers, nothing of it can be lost.',
    request: {
      query: noQuery,
      // A plain reference: the document is checked by its own rules, which find all faults at once.
      body: {
        required: true,
        content: { 'application/json': { schema: referenceTo('ExperimentDocument'), example } },
      },
    },
    responses: { 201: json('The experiment, with its runs queued.', components.Submitted) },
  },
  ['malformed-json', 'cross-origin', 'too-large', 'unsupported-media-type', 'invalid-document', 'draining'],
)

const list = defineRoute(
  {
    method: 'get',
    path: '/v1/experiments',
    tags: ['Experiments'],
    summary: 'List experiments, newest first',
    request: { query: querySchema(paging) },
    responses: { 200: json('A page of experiments.', pageSchema(components.Experiment)) },
  },
  ['invalid-cursor'],
)

const get = defineRoute(
  {
    method: 'get',
    path: '/v1/experiments/{id}',
    tags: ['Experiments'],
    summary: 'Get an experiment',
    request: { query: noQuery, params: z.object({ id: z.string() }) },
    responses: { 200: json('The experiment.', components.Experiment) },
  },
  ['not-found'],
)

export const addExperimentRoutes: AddRoutes = (app, { store, dataDirectory, dispatcher, isDraining }) => {
  app.openapi(submit, async (c) => {
    if (isDraining()) {
      const detail = 'the service is shutting down; submit again when it is back'
      throw new ProblemError('draining', { detail, headers: { 'Retry-After': '10' } })
    }
    const expansion = expand(await readJsonBody(c))
    if (!expansion.ok) throw invalid(expansion.faults)
    const missing = await missingDataFaults(expansion.experiment, expansion.runs, dataDirectory)
    if (missing.length > 0) throw invalid(missing)

    const { id } = await store.submit(expansion.experiment, expansion.runs)
    dispatcher.wake()
    const runs = await runIds(store, id)
    return c.json({ id, runs }, 201, { Location: `/v1/experiments/${id}` })
  })

  app.openapi(list, async (c) => {
    const { limit, cursor } = c.req.valid('query')
    const { items, nextCursor } = await store.experiments({ limit, ...(cursor !== undefined && { cursor }) })
    return c.json({ items: items.map(experimentResource), nextCursor }, 200, nextPageLink(c, nextCursor))
  })

  app.openapi(get, async (c) => {
    const { id } = c.req.valid('param')
    const experiment = await store.experiment(id)
    if (experiment === undefined)
      throw new ProblemError('not-found', { detail: `there is no experiment ${id}` })
    return c.json(experimentResource(experiment), 200)
  })
}

/** In the order of the expansion: ids rise with time. */
async function runIds(store: Store, experimentId: string): Promise<string[]> {
  const filter = `experiment = "${experimentId}"`
  const { items } = await store.runs({ filter, sort: 'id', limit: experimentLimits.runs })
  return items.map(({ id }) => id)
}

function invalid(errors: NonNullable<ProblemError['details']['errors']>): ProblemError {
  const detail = `the document has ${errors.length === 1 ? 'a fault' : `${errors.length} faults`}`
  return new ProblemError('invalid-document', { detail, errors })
}
