import { z } from 'zod'

/** The query parameters of a route; any other is refused, so that a misspelt one is not silently ignored. */
export function querySchema<T extends z.core.$ZodLooseShape>(shape: T) {
  const known = Object.keys(shape).join(', ') || 'none'
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? `unknown query parameter ${issue.keys.map((key) => `"${key}"`).join(', ')}; there are: ${known}`
        : undefined,
  })
}

/** A route without query parameters. */
export const noQuery = querySchema({})

/** A whole number as text, `minimum` to `maximum`, inclusive. */
export function wholeNumber(name: string, minimum: number, maximum: number) {
  const error = `${name} must be a whole number from ${minimum} to ${maximum}`
  return z
    .string({ error })
    .regex(/^\d{1,16}$/, { error })
    .transform(Number)
    .refine((value) => value >= minimum && value <= maximum, { error })
    .meta({ type: 'integer', minimum, maximum })
}

/** A text that is given once. */
export function text(name: string) {
  return z.string({ error: `${name} must be given once` }).max(4000, { error: `${name} is too long` })
}

/** How much of a list a request wants. */
export const paging = {
  limit: wholeNumber('limit', 1, 1000).default(50).describe('Items on a page.'),
  cursor: text('cursor')
    .optional()
    .describe('`nextCursor` of the page before, with the same filter and sort.'),
}
