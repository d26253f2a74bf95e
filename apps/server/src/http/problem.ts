import { QueryError, type QueryErrorCode } from '@thalweg/store'
import type { Context } from 'hono'

/** Every error that this API answers with: the last segment of the problem's `type`, its status and its title. */
export const problems = {
  'malformed-json': { status: 400, title: 'The body is not JSON' },
  'invalid-query': { status: 400, title: 'The query parameters do not fit' },
  'invalid-filter': { status: 400, title: 'The filter cannot be read' },
  'invalid-sort': { status: 400, title: 'The sort order cannot be read' },
  'invalid-limit': { status: 400, title: 'The limit is out of range' },
  'invalid-cursor': { status: 400, title: 'The cursor is none of this service' },
  'cursor-mismatch': { status: 400, title: 'The cursor belongs to another filter or sort order' },
  'cross-origin': { status: 403, title: 'Requests of other web sites are refused' },
  'not-found': { status: 404, title: 'There is no such thing here' },
  'method-not-allowed': { status: 405, title: 'The method does not apply here' },
  'run-finished': { status: 409, title: 'The run has already finished' },
  'no-model': { status: 409, title: 'The run has no model that predicts' },
  'too-large': { status: 413, title: 'The body is too large' },
  'unsupported-media-type': { status: 415, title: 'The body must be application/json' },
  misdirected: { status: 421, title: 'The request is for another host' },
  'invalid-body': { status: 422, title: 'The body does not fit' },
  'invalid-document': { status: 422, title: 'The document is invalid' },
  internal: { status: 500, title: 'The service failed' },
  busy: { status: 503, title: 'Too many predictions wait' },
  draining: { status: 503, title: 'The service is shutting down' },
} as const satisfies Record<string, { readonly status: number; readonly title: string }> &
  Record<QueryErrorCode, unknown>

export type ProblemCode = keyof typeof problems

export interface ProblemDetails {
  /** One sentence for a person, about this occurrence. */
  readonly detail?: string
  /** Faults of the body, each at a JSON pointer. */
  readonly errors?: readonly { readonly pointer: string; readonly code: string; readonly message: string }[]
  readonly headers?: Readonly<Record<string, string>>
}

/** Thrown by routes; `answerError` makes the answer. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError'
  readonly code: ProblemCode
  readonly details: ProblemDetails

  constructor(code: ProblemCode, details: ProblemDetails = {}) {
    super(details.detail ?? problems[code].title)
    this.code = code
    this.details = details
  }
}

/** An RFC 9457 answer. The only place where error bodies are made. */
export function problemAnswer(
  code: ProblemCode,
  details: ProblemDetails = {},
  instance: string = newInstance(),
): Response {
  const { status, title } = problems[code]
  const { detail, errors, headers } = details
  const body = { type: `/problems/${code}`, title, status, detail, instance, errors }
  return new Response(JSON.stringify(body), {
    status,
    headers: { ...headers, 'content-type': 'application/problem+json' },
  })
}

/** Answers whatever a route threw. What is not a known problem is logged, and told by its instance only. */
export function answerError(log: (line: string) => void) {
  return (error: Error, c: Context): Response => {
    if (error instanceof ProblemError) return problemAnswer(error.code, error.details)
    if (error instanceof QueryError) return problemAnswer(error.code, { detail: error.message })
    // Whoever asked is gone: nobody reads the answer, and nothing failed here.
    if (c.req.raw.signal.aborted || ('code' in error && error.code === 'ECONNRESET'))
      return problemAnswer('internal')
    const instance = newInstance()
    log(`${c.req.method} ${c.req.path} failed (${instance}): ${error.stack ?? error.message}`)
    return problemAnswer('internal', { detail: `it is in the service's log under ${instance}` }, instance)
  }
}

function newInstance(): string {
  return `urn:uuid:${crypto.randomUUID()}`
}
