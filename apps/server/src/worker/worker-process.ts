import { extname } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { BackendChoice } from '@thalweg/kernels/node'
import { forkProgram } from './fork-program.ts'
import type { Assignment, FromWorker, Outcome, Progress, StopReason, ToWorker } from './protocol.ts'

export interface WorkerOptions {
  /** The program; this package's own by default. */
  readonly file?: string
  readonly backend: BackendChoice
  readonly log: (line: string) => void
}

/** A worker process, from the server's side. */
export interface WorkerProcess {
  /**
   * Resolves when it can be given a run, with a sentence where it has no library that was asked for; rejects if it ends
   * before.
   */
  readonly ready: Promise<{ readonly missing: string | undefined }>
  /**
   * Trains a run. Reports are passed on one after another; the outcome comes after the last.
   * Rejects if the process ends, or if `onReport` does.
   */
  train(assignment: Assignment, onReport: (progress: Progress) => Promise<void>): Promise<Outcome>
  stop(reason: StopReason): void
  hasEnded(): boolean
  /** For how long the process has said nothing. */
  silentForMs(): number
  /** Ends the process at once; resolves when it is gone. */
  kill(): Promise<void>
}

// Beside this file: `.ts` in the sources, `.js` in what is built.
const ownFile = fileURLToPath(new URL(`./main${extname(import.meta.url)}`, import.meta.url))

export function startWorker({ file = ownFile, backend, log }: WorkerOptions): WorkerProcess {
  const child = forkProgram(file, backend)
  const name = `worker ${child.pid}`
  let heardAt = performance.now()
  let run:
    | { readonly onMessage: (message: FromWorker) => void; readonly onEnd: (error: Error) => void }
    | undefined

  const started = Promise.withResolvers<{ readonly missing: string | undefined }>()
  const gone = Promise.withResolvers<void>()
  // It is also seen by `hasEnded`; nobody may be waiting.
  started.promise.catch(() => {})

  let ended = false
  const end = (how: string, cause?: unknown): void => {
    if (ended) return
    ended = true
    const error = new Error(`${name} ${how}`, { cause })
    started.reject(error)
    run?.onEnd(error)
    gone.resolve()
  }
  child.on('exit', (code, signal) =>
    end(signal === null ? `ended with code ${code}` : `was ended by ${signal}`),
  )
  child.on('error', (error) => {
    log(`${name}: ${error.message}`)
    if (child.pid === undefined) end('could not be started', error)
  })
  child.on('message', (message: FromWorker) => {
    heardAt = performance.now()
    if (message.type === 'ready') started.resolve({ missing: message.missing })
    else run?.onMessage(message)
  })
  if (child.stderr !== null) createInterface(child.stderr).on('line', (line) => log(`${name}: ${line}`))

  // A process that is gone is told by its end; what could not be sent to it does not matter then.
  const send = (message: ToWorker): void => void (child.connected && child.send(message, () => {}))

  return {
    ready: started.promise,
    train(assignment, onReport) {
      const result = Promise.withResolvers<Outcome>()
      let reports = Promise.resolve()
      run = {
        onEnd: result.reject,
        onMessage(message) {
          if (message.type === 'report') {
            reports = reports.then(() => onReport(message.progress)).then(() => send({ type: 'stored' }))
            reports.catch(result.reject)
          }
          if (message.type === 'ended') reports.then(() => result.resolve(message.outcome), result.reject)
        },
      }
      heardAt = performance.now()
      if (ended) result.reject(new Error(`${name} has ended`))
      else send({ type: 'train', assignment })
      return result.promise.finally(() => {
        run = undefined
      })
    },
    stop: (reason) => send({ type: 'stop', reason }),
    hasEnded: () => ended,
    silentForMs: () => performance.now() - heardAt,
    kill() {
      child.kill('SIGKILL')
      return gone.promise
    },
  }
}
