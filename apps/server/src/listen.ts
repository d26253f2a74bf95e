import type { Server } from 'node:http'
import { createAdaptorServer, type ServerType } from '@hono/node-server'
import { StartError } from './start-error.ts'

/** Milliseconds. */
const headersTimeout = 10_000
const requestTimeout = 60_000
const keepAliveTimeout = 5000

export interface Listener {
  /** Where it answers; the port is the one the system chose where 0 was asked for. */
  readonly url: string
  /** Answers what has been asked and takes nothing new; what is not done after `deadlineMs` is cut off. */
  close(deadlineMs: number): Promise<void>
}

/** Answers HTTP at an address of this machine. Rejects with StartError where the system does not give it. */
export async function listen(options: {
  readonly fetch: (request: Request) => Response | Promise<Response>
  readonly host: string
  readonly port: number
}): Promise<Listener> {
  const { fetch, host, port } = options
  const server = createAdaptorServer({
    fetch: (request) => fetch(request),
    serverOptions: { headersTimeout, requestTimeout, keepAliveTimeout },
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(refusal(error, host, port)))
    server.listen(port, host, resolve)
  })
  const address = server.address()
  const chosen = typeof address === 'object' && address !== null ? address.port : port
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${chosen}`,
    close: (deadlineMs) => close(server, deadlineMs),
  }
}

function close(server: ServerType, deadlineMs: number): Promise<void> {
  return new Promise((resolve) => {
    const deadline = setTimeout(() => {
      if (isHttp(server)) server.closeAllConnections()
    }, deadlineMs)
    server.close(() => {
      clearTimeout(deadline)
      resolve()
    })
    if (isHttp(server)) server.closeIdleConnections()
  })
}

function isHttp(server: ServerType): server is Server {
  return 'closeIdleConnections' in server
}

function refusal(error: NodeJS.ErrnoException, host: string, port: number): StartError {
  if (error.code === 'EADDRINUSE') {
    const message = `port ${port} on ${host} is taken: stop what listens there or choose another with --port`
    return new StartError('port-in-use', message, error)
  }
  const message = `the system does not let this service listen at port ${port} on ${host}: ${error.message}`
  return new StartError('address-unavailable', message, error)
}
