import { type Problem, problemSchema } from './wire.ts'

/**
 * The service answered with an error, or did not answer.
 *
 * `code` is the last segment of the problem's `type`, such as `invalid-document`; or
 * `unreachable`: no answer came (status 0); `unexpected-answer`: what came is not an answer of this service.
 * The message is for people: the detail, then a line for every fault in the document.
 */
export class ServiceError extends Error {
  override readonly name = 'ServiceError'
  readonly status: number
  readonly code: string
  /** Absent where the service did not tell a problem. */
  readonly problem: Problem | undefined

  constructor(status: number, code: string, message: string, details: ServiceErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.status = status
    this.code = code
    this.problem = details.problem
  }
}

export interface ServiceErrorDetails {
  readonly problem?: Problem
  readonly cause?: unknown
}

/** The error that an answer with a status of 400 or more stands for. `body` is its text. */
export function errorOfAnswer(status: number, body: string, baseUrl: string): ServiceError {
  const problem = problemSchema.safeParse(parseJson(body))
  if (!problem.success) {
    const message = `${baseUrl} answered ${status}, but not as this service does`
    return new ServiceError(status, 'unexpected-answer', message)
  }
  const { type, title, detail, errors = [] } = problem.data
  const lines = [detail ?? title, ...errors.map(({ pointer, message }) => `${pointer}: ${message}`)]
  return new ServiceError(status, type.split('/').at(-1) ?? type, lines.join('\n'), { problem: problem.data })
}

/** The value that a JSON text stands for; undefined for any other text. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
