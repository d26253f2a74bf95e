import { statSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { type BackendChoice, backendChoice } from '@thalweg/kernels/node'
import type { Store } from '@thalweg/store'
import { createApp } from './app.ts'
import { type Dispatcher, maximumWorkers, startDispatcher } from './dispatcher.ts'
import { type Listener, listen } from './listen.ts'
import { openDatabase } from './open-database.ts'
import { createPredictor } from './prediction/predictor.ts'
import { StartError } from './start-error.ts'

export interface ServerOptions {
  /** An address of the loopback; 127.0.0.1 by default. */
  readonly host?: string
  /** From 0 to 65535; 0 takes any that is free. */
  readonly port: number
  /** The database file, made with its folder where it is not there; `:memory:` for none. */
  readonly databasePath: string
  /** Where file data sets lie, one folder a set; undefined where none is configured. */
  readonly dataDirectory: string | undefined
  /**
   * Worker processes, and how many threads train at the same time: a run of several counts as many. From 1 to 256; as
   * many as the machine runs in parallel by default.
   */
  readonly workers?: number
  /** What computes matrix products: `wasm`, `wasm-relaxed`, `blas` or `auto`, the default. */
  readonly backend?: string
  /** Milliseconds since the epoch; the system's clock by default. */
  readonly now?: () => number
  /** Takes lines of the log; they are dropped by default. */
  readonly log?: (line: string) => void
}

export interface RunningServer {
  /** Where it answers, such as `http://127.0.0.1:7431`. */
  readonly url: string
  readonly store: Store
  /**
   * Drains and ends: takes no experiments, lets workers store a checkpoint and gives their runs back to the queue,
   * answers what has been asked, closes the database. Takes 25 seconds at most; the same promise on every call.
   */
  close(): Promise<void>
}

/** How long open requests may take after the workers have ended. */
const httpGraceMs = 8000

/**
 * Starts the service. Rejects with StartError where a person can help, and RangeError for options out of range.
 *
 * @example
 * const server = await startServer({ port: 7431, databasePath: 'thalweg.db', dataDirectory: undefined })
 * await server.close()
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { host = '127.0.0.1', port, databasePath, dataDirectory, log = () => {} } = options
  const { workers = availableParallelism(), now = Date.now } = options
  requireInteger('port', port, 0, 65_535)
  requireInteger('workers', workers, 1, maximumWorkers)
  requireLoopback(host)
  const backend = requireBackend(options.backend)
  if (dataDirectory !== undefined) requireFolder(dataDirectory)

  const store = await openDatabase(databasePath, now)
  const predictor = createPredictor({ backend, log })
  let draining = false
  let dispatcher: Dispatcher | undefined
  let listener: Listener | undefined
  try {
    const app = createApp({
      store,
      dataDirectory,
      log,
      allowedHosts: [host],
      isDraining: () => draining,
      predictor,
      dispatcher: {
        wake: () => dispatcher?.wake(),
        cancel: (runId) => dispatcher?.cancel(runId),
      },
    })
    const listening = await listen({ fetch: app.fetch, host, port })
    listener = listening
    const running = await startDispatcher({ store, workers, backend, dataDirectory, log })
    dispatcher = running

    const close = async (): Promise<void> => {
      draining = true
      await running.drain()
      await listening.close(httpGraceMs)
      await predictor.close()
      await store.close()
    }
    let closing: Promise<void> | undefined
    return {
      url: listening.url,
      store,
      close() {
        closing ??= close()
        return closing
      },
    }
  } catch (error) {
    await listener?.close(0)
    await predictor.close()
    await store.close()
    throw error
  }
}

function requireInteger(name: string, value: number, minimum: number, maximum: number): void {
  if (Number.isInteger(value) && value >= minimum && value <= maximum) return
  throw new RangeError(`${name} must be a whole number from ${minimum} to ${maximum}, got ${value}`)
}

function requireBackend(text: string | undefined): BackendChoice {
  try {
    return backendChoice(text)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw new StartError('backend-unknown', `${error.message}; THALWEG_BACKEND names it`, error)
  }
}

/** Runs that need their data would fail one by one, long after whoever misspelt the folder has gone. */
function requireFolder(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return
  throw new StartError('data-folder-missing', `the data folder ${path} is not there, or is no folder`)
}

function requireLoopback(host: string): void {
  if (host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)) return
  const message = `host ${host} is refused: there are no API keys yet, so only this machine may reach the service; use 127.0.0.1`
  throw new StartError('host-refused', message)
}
