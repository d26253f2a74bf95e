import { OpenAPIHono } from '@hono/zod-openapi'
import { bodyLimit } from 'hono/body-limit'
import { methodNotAllowed } from 'hono/method-not-allowed'
import { maximumBodyBytes } from './http/json-body.ts'
import { ownRequestsOnly } from './http/own-requests.ts'
import { answerError, ProblemError, problemAnswer } from './http/problem.ts'
import { apiHeaders } from './http/security-headers.ts'
import { addArtifactRoutes } from './routes/artifacts.ts'
import { addCatalogRoutes } from './routes/catalog.ts'
import { addDescriptionRoutes } from './routes/description.ts'
import { addDocsRoutes } from './routes/docs.ts'
import { addExperimentRoutes } from './routes/experiments.ts'
import { addHealthRoutes } from './routes/health.ts'
import { addPredictionRoutes } from './routes/predictions.ts'
import { addReportRoutes } from './routes/reports.ts'
import { addRunRoutes } from './routes/runs.ts'
import { addSeriesRoutes } from './routes/series.ts'
import type { Services } from './routes/services.ts'

export interface AppOptions extends Services {
  /** Host names that this service answers for besides the loopback's, without port. */
  readonly allowedHosts?: readonly string[]
  readonly log: (line: string) => void
}

/** The HTTP API as a value: `app.request(path)` answers without a port. */
export function createApp({ allowedHosts = [], log, ...services }: AppOptions): OpenAPIHono {
  const app = new OpenAPIHono({
    defaultHook: (result) => {
      if (result.success) return
      const detail = result.error.issues.map(({ message }) => message).join('; ')
      throw new ProblemError('invalid-query', { detail })
    },
  })
  app.onError(answerError(log))
  app.notFound((c) =>
    problemAnswer('not-found', { detail: `there is nothing at ${c.req.path}; see /openapi.json` }),
  )

  app.use(apiHeaders)
  app.use(ownRequestsOnly(allowedHosts))
  app.use(methodNotAllowed({ app, onMethodNotAllowed: (c, methods) => refuseMethod(c.req.method, methods) }))
  app.use(bodyLimit({ maxSize: maximumBodyBytes, onError: refuseBody }))

  addExperimentRoutes(app, services)
  addReportRoutes(app, services)
  addRunRoutes(app, services)
  addSeriesRoutes(app, services)
  addArtifactRoutes(app, services)
  addPredictionRoutes(app, services)
  addCatalogRoutes(app, services)
  addHealthRoutes(app, services)
  addDescriptionRoutes(app, services)
  addDocsRoutes(app)
  return app
}

function refuseMethod(method: string, methods: readonly string[]): Response {
  const allow = methods.join(', ')
  return problemAnswer('method-not-allowed', {
    detail: `${method} does not apply here; these do: ${allow}`,
    headers: { Allow: allow },
  })
}

function refuseBody(): Response {
  return problemAnswer('too-large', { detail: `a body may have ${maximumBodyBytes} bytes` })
}
