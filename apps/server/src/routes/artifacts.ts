import { z } from 'zod'
import { byteStream } from '../http/byte-stream.ts'
import { ProblemError } from '../http/problem.ts'
import { noQuery } from '../http/query.ts'
import { defineRoute } from '../openapi/define-route.ts'
import type { AddRoutes } from './services.ts'

const get = defineRoute(
  {
    method: 'get',
    path: '/v1/runs/{id}/artifacts/{artifactId}',
    tags: ['Runs'],
    summary: 'Download a file that a run left',
    description: 'It never changes; its ETag is the SHA-256 of its bytes.',
    request: {
      query: noQuery,
      params: z.object({ id: z.string(), artifactId: z.string() }),
    },
    responses: {
      200: {
        description: 'The bytes.',
        content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } },
      },
      304: { description: 'If-None-Match names its ETag.' },
    },
  },
  ['not-found'],
)

export const addArtifactRoutes: AddRoutes = (app, { store }) => {
  app.openapi(get, async (c) => {
    const { id, artifactId } = c.req.valid('param')
    const artifact = await store.artifact(id, artifactId)
    if (artifact === undefined) {
      throw new ProblemError('not-found', { detail: `run ${id} has no artifact ${artifactId}` })
    }
    const tag = `"${artifact.sha256}"`
    if (names(c.req.header('if-none-match'), tag)) return c.body(null, 304, { ETag: tag })
    return c.body(byteStream(artifact.data()), 200, {
      'Content-Type': artifact.mediaType,
      'Content-Length': String(artifact.bytes),
      'Content-Disposition': `attachment; filename="${artifact.name}"`,
      ETag: tag,
    })
  })
}

/** Whether a list of entity tags (RFC 9110, 13.1.2) has this one. */
function names(list: string | undefined, tag: string): boolean {
  return list?.split(',').some((each) => ['*', tag, `W/${tag}`].includes(each.trim())) ?? false
}
