import { createMiddleware } from 'hono/factory'
import { ProblemError } from './problem.ts'

const ownHosts = ['127.0.0.1', 'localhost', '[::1]']

/**
 * Lets only requests through that are meant for this service and come from no foreign web page.
 *
 * A page whose name is made to resolve to this machine (DNS rebinding) still sends its own name as the host. A page of
 * another origin may send a POST without asking first, but the browser tells where it comes from.
 */
export function ownRequestsOnly(otherHosts: readonly string[]) {
  const hosts = new Set([...ownHosts, ...otherHosts.map((host) => host.toLowerCase())])
  return createMiddleware(async (c, next) => {
    const host = c.req.header('host') ?? new URL(c.req.url).host
    if (!hosts.has(nameOf(host))) {
      throw new ProblemError('misdirected', {
        detail: `this service does not answer for ${JSON.stringify(host)}; it answers for ${[...hosts].join(', ')}`,
      })
    }
    const origin = c.req.header('origin')
    const isReading = c.req.method === 'GET' || c.req.method === 'HEAD'
    if (!isReading && origin !== undefined && origin !== `http://${host}`) {
      throw new ProblemError('cross-origin', { detail: `requests of ${origin} are refused` })
    }
    await next()
  })
}

/** The host without its port. */
function nameOf(host: string): string {
  return host.replace(/:\d*$/, '').toLowerCase()
}
