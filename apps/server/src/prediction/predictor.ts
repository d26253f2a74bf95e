import type { ChildProcess } from 'node:child_process'
import { extname } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { BackendChoice } from '@thalweg/kernels/node'
import { forkProgram } from '../worker/fork-program.ts'
import type { Answer, FromPredictor, Question, ToPredictor } from './protocol.ts'

/** Predicts with stored models, in a process of its own. */
export interface Predictor {
  /**
   * Answers one question after another; `load` gives the model's file where it is wanted. Rejects with PredictorBusy
   * where too many wait, and with Error where the process ends; it is ended where it takes too long.
   */
  predict(question: Question, load: () => Promise<Uint8Array>): Promise<Answer>
  /** Ends the process; resolves when it is gone. */
  close(): Promise<void>
}

/** Too many questions wait. */
export class PredictorBusy extends Error {
  override readonly name = 'PredictorBusy'
}

export interface PredictorOptions {
  readonly backend: BackendChoice
  readonly log: (line: string) => void
  /** How long an answer may take. */
  readonly timeoutMs?: number
  /** How many questions may be unanswered at the same time. */
  readonly mostWaiting?: number
  /** The program; this package's own by default. */
  readonly file?: string
}

// Beside this file: `.ts` in the sources, `.js` in what is built.
const ownFile = fileURLToPath(new URL(`./main${extname(import.meta.url)}`, import.meta.url))

/** The process starts with the first question. */
export function createPredictor(options: PredictorOptions): Predictor {
  const { backend, log, timeoutMs = 30_000, mostWaiting = 32, file = ownFile } = options
  let child: ChildProcess | undefined
  let closed = false
  let waiting = 0
  let last: Promise<unknown> = Promise.resolve()

  function running(): ChildProcess {
    if (closed) throw new Error('the service is shutting down')
    if (child !== undefined) return child
    const started = forkProgram(file, backend)
    started.once('exit', () => {
      if (child === started) child = undefined
    })
    if (started.stderr !== null) {
      createInterface(started.stderr).on('line', (line) => log(`predictions: ${line}`))
    }
    child = started
    return started
  }

  async function ask(question: Question, load: () => Promise<Uint8Array>): Promise<Answer> {
    const process = running()
    const result = Promise.withResolvers<Answer>()
    const send = (message: ToPredictor): void => {
      process.send(message, (error) => {
        if (error !== null) result.reject(error)
      })
    }
    const onMessage = (message: FromPredictor): void => {
      const { sha256 } = question
      if (message.type === 'wanted') {
        load().then((data) => send({ type: 'model', sha256, data }), result.reject)
      } else result.resolve(message)
    }
    const onExit = (): void => result.reject(new Error('the process that predicts has ended'))
    const timer = setTimeout(() => process.kill('SIGKILL'), timeoutMs)
    process.on('message', onMessage)
    process.once('exit', onExit)
    process.once('error', result.reject)
    try {
      send({ type: 'predict', question })
      return await result.promise
    } catch (error) {
      // What it still does would be taken for the next answer.
      process.kill('SIGKILL')
      if (child === process) child = undefined
      throw error
    } finally {
      clearTimeout(timer)
      process.off('message', onMessage)
      process.off('exit', onExit)
      process.off('error', result.reject)
    }
  }

  return {
    async predict(question, load) {
      if (waiting >= mostWaiting) throw new PredictorBusy(`${waiting} predictions wait already`)
      waiting++
      const answer = last.then(() => ask(question, load))
      last = answer.catch(() => {})
      try {
        return await answer
      } finally {
        waiting--
      }
    },
    async close() {
      closed = true
      const running = child
      if (running === undefined) return
      const gone = new Promise((resolve) => running.once('exit', resolve))
      running.kill('SIGKILL')
      await gone
    },
  }
}
