/** A worker process: trains or combines, one run after another, as the server tells it. It never opens the database. */
import { setFlagsFromString } from 'node:v8'
import { backendChoice, findBackend } from '@thalweg/kernels/node'
import { combineRun } from './combine-run.ts'
import type { Assignment, FromWorker, StopReason, ToWorker } from './protocol.ts'
import { reportChannel } from './report-channel.ts'
import { trainRun } from './train-run.ts'

// V8 leaves small hot kernels in its baseline tier for thousands of calls; compiled well at once they are up to four
// times faster. Must be set before the first kernel is compiled.
setFlagsFromString('--no-liftoff')

const aliveEveryMs = 5000

const backend = findBackend(backendChoice(process.env.THALWEG_BACKEND))

interface Current {
  readonly stored: () => void
  stopReason: StopReason | undefined
}

let current: Current | undefined

process.on('message', (message: ToWorker) => {
  switch (message.type) {
    case 'train':
      void train(message.assignment)
      break
    case 'stored':
      current?.stored()
      break
    case 'stop':
      if (current !== undefined) current.stopReason = message.reason
      break
  }
})
// The server stops its workers. A Ctrl-C or a closed terminal reaches them too, and must not take them away before their checkpoint.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})
// Without a server there is nobody to report to.
process.on('disconnect', () => process.exit(0))

post({ type: 'ready', missing: backend.missing })

async function train(assignment: Assignment): Promise<void> {
  const reports = reportChannel((progress) => post({ type: 'report', progress }))
  const own: Current = { stored: reports.stored, stopReason: undefined }
  current = own
  const alive = setInterval(() => post({ type: 'alive' }), aliveEveryMs)
  const options = { backend, reports, stopReason: () => own.stopReason }
  const isCombination = assignment.document.ensemble !== undefined
  const outcome = await (isCombination ? combineRun : trainRun)(assignment, options)
  clearInterval(alive)
  current = undefined
  post({ type: 'ended', outcome })
}

function post(message: FromWorker): void {
  process.send?.(message)
}
