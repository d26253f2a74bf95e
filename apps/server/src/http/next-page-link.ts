import type { Context } from 'hono'

/** The header that leads to the next page (RFC 8288); none on the last. */
export function nextPageLink(c: Context, nextCursor: string | undefined): Record<string, string> {
  if (nextCursor === undefined) return {}
  const url = new URL(c.req.url)
  url.searchParams.set('cursor', nextCursor)
  return { Link: `<${url.pathname}${url.search}>; rel="next"` }
}
