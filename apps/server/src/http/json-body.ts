import type { Context } from 'hono'
import { ProblemError } from './problem.ts'

/** Most bytes of a body. */
export const maximumBodyBytes = 1024 * 1024

/** Objects and lists inside each other; a document needs about ten, and the checks recurse. */
const maximumDepth = 64

/** The body as JSON. Throws ProblemError: `unsupported-media-type`, `malformed-json`, `invalid-document`. */
export async function readJsonBody(c: Context): Promise<unknown> {
  const type = c.req.header('content-type')
  if (!/^application\/json\s*(;|$)/i.test(type ?? '')) {
    const received = type === undefined ? 'no content type' : JSON.stringify(type)
    throw new ProblemError('unsupported-media-type', {
      detail: `expected content-type application/json, received ${received}`,
    })
  }
  const text = await c.req.text()
  const value = parse(text)
  checkShape(value)
  return value
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const detail = text === '' ? 'the body is empty' : error instanceof Error ? error.message : undefined
    throw new ProblemError('malformed-json', detail === undefined ? {} : { detail })
  }
}

/** Without recursion, as it guards the code that recurses. */
function checkShape(root: unknown): void {
  const rest: { readonly value: unknown; readonly depth: number }[] = [{ value: root, depth: 1 }]
  for (let item = rest.pop(); item !== undefined; item = rest.pop()) {
    const { value, depth } = item
    if (typeof value !== 'object' || value === null) continue
    if (depth > maximumDepth) {
      throw new ProblemError('invalid-document', {
        detail: `the document nests deeper than ${maximumDepth} levels`,
      })
    }
    if (Object.hasOwn(value, '__proto__')) {
      throw new ProblemError('invalid-document', { detail: 'the document has a key "__proto__"' })
    }
    for (const child of Object.values(value)) rest.push({ value: child, depth: depth + 1 })
  }
}
