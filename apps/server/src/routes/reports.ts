import { ensembleReportSchema, experimentLimits, runScoresSchema } from '@thalweg/document'
import type { Store } from '@thalweg/store'
import { z } from 'zod'
import { artifactBytes } from '../artifact-bytes.ts'
import { ProblemError } from '../http/problem.ts'
import { noQuery } from '../http/query.ts'
import { components } from '../openapi/components.ts'
import { defineRoute, json } from '../openapi/define-route.ts'
import { reportResource } from '../resources/report-resource.ts'
import type { AddRoutes } from './services.ts'

const get = defineRoute(
  {
    method: 'get',
    path: '/v1/experiments/{id}/report',
    tags: ['Experiments'],
    summary: 'Get the report of an ensemble',
    description:
      'Each member, the mean member, the ensemble, the student and its baseline on all scores, with the time of 1,000 ' +
      'predictions. What has not ended yet has no scores.',
    request: { query: noQuery, params: z.object({ id: z.string() }) },
    responses: { 200: json('The report as far as it is known.', components.ExperimentReport) },
  },
  ['not-found'],
)

export const addReportRoutes: AddRoutes = (app, { store }) => {
  app.openapi(get, async (c) => {
    const { id } = c.req.valid('param')
    if ((await store.experiment(id)) === undefined)
      throw new ProblemError('not-found', { detail: `there is no experiment ${id}` })
    const filter = `experiment = "${id}"`
    const { items: runs } = await store.runs({ filter, sort: 'id', limit: experimentLimits.runs })
    const ensemble = runs.find(({ role }) => role === 'ensemble')
    const combined = ensemble && (await fileOf(store, ensemble.id, 'report.json', ensembleReportSchema))
    const trained = runs.filter(({ role }) => role === 'student' || role === 'baseline')
    const scores = new Map<string, z.output<typeof runScoresSchema>>()
    for (const run of trained) {
      const found = await fileOf(store, run.id, 'scores.json', runScoresSchema)
      if (found !== undefined) scores.set(run.id, found)
    }
    const report = reportResource({ runs, combined, scores })
    if (report === undefined)
      throw new ProblemError('not-found', { detail: `experiment ${id} has no ensemble to report on` })
    return c.json(report, 200)
  })
}

/** A file in JSON that a run left, if it has. */
async function fileOf<T extends z.ZodType>(
  store: Store,
  runId: string,
  name: string,
  schema: T,
): Promise<z.output<T> | undefined> {
  const artifact = (await store.run(runId))?.artifacts.find((each) => each.name === name)
  if (artifact === undefined) return undefined
  const bytes = await artifactBytes(store, runId, artifact)
  return schema.parse(JSON.parse(new TextDecoder().decode(bytes)))
}
