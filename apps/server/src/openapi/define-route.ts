import { createRoute, type RouteConfig } from '@hono/zod-openapi'
import { type ProblemCode, problems } from '../http/problem.ts'
import { referenceTo } from './components.ts'

/** What any route may answer: a query that does not fit, a foreign page or host, a fault. */
const everywhere: readonly ProblemCode[] = ['invalid-query', 'misdirected', 'internal']

/** A route with its error answers described; the types tell the success answers only, as errors are thrown. */
export function defineRoute<P extends string, R extends Omit<RouteConfig, 'path'> & { readonly path: P }>(
  route: R,
  codes: readonly ProblemCode[] = [],
) {
  const responses: R['responses'] = { ...problemAnswers([...everywhere, ...codes]), ...route.responses }
  return createRoute({ ...route, responses })
}

/** An answer in JSON, as a route describes it. */
export function json<T>(description: string, schema: T) {
  return { description, content: { 'application/json': { schema } } }
}

/** One answer a status; its description lists the codes. */
function problemAnswers(codes: readonly ProblemCode[]): RouteConfig['responses'] {
  const byStatus = Map.groupBy(codes, (code) => problems[code].status)
  return Object.fromEntries(
    [...byStatus].map(([status, group]) => [
      status,
      {
        description: group.map((code) => `${problems[code].title} (\`${code}\`).`).join(' '),
        content: { 'application/problem+json': { schema: referenceTo('Problem') } },
      },
    ]),
  )
}
