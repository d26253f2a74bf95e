/** A worker program for tests of the dispatcher: what it does with a run depends on the run's seed. */
import type { FromWorker, Progress, StopReason, ToWorker } from '../src/worker/protocol.ts'

const post = (message: FromWorker) => process.send?.(message)
const progress = (step: number, value = 1 / step): Progress => ({
  columns: [{ key: 'train.loss', steps: Float64Array.of(step), values: Float64Array.of(value) }],
  step,
  totalSteps: 10,
  trainingMs: 1,
})

let stop: StopReason | undefined
let timer: NodeJS.Timeout | undefined

process.on('disconnect', () => process.exit(0))
process.on('message', (message: ToWorker) => {
  if (message.type === 'stop') stop = message.reason
  if (message.type !== 'train') return
  stop = undefined
  const { document, checkpoint } = message.assignment
  switch (document.seed) {
    case 1: // succeeds
      post({ type: 'report', progress: progress(1) })
      post({ type: 'report', progress: { ...progress(10), targetStep: 10 } })
      post({ type: 'ended', outcome: { state: 'succeeded' } })
      break
    case 2: // takes its process down
      post({ type: 'report', progress: progress(1) })
      setTimeout(() => process.exit(7), 10)
      break
    case 3: // goes on until it is told to stop, and from its checkpoint to the end
      if (checkpoint !== undefined) {
        post({ type: 'report', progress: progress(checkpoint[0] ?? 0) })
        post({ type: 'ended', outcome: { state: 'succeeded' } })
        break
      }
      post({ type: 'report', progress: progress(5) })
      timer = setInterval(() => {
        if (stop === undefined) return
        clearInterval(timer)
        if (stop === 'draining') {
          post({
            type: 'report',
            progress: { ...progress(6), checkpoint: { step: 6, data: Uint8Array.of(6) } },
          })
        }
        post({ type: 'ended', outcome: { state: stop === 'draining' ? 'released' : 'cancelled' } })
      }, 5)
      break
    case 4: // does not listen
      post({ type: 'report', progress: progress(1) })
      break
    case 5: // diverges
      post({ type: 'report', progress: progress(1, Number.NaN) })
      post({
        type: 'ended',
        outcome: { state: 'failed', reason: 'diverged', message: 'the loss became non-finite at step 1' },
      })
      break
  }
})
const { THALWEG_BACKEND: backend } = process.env
post({ type: 'ready', missing: backend === 'blas' ? 'there is no library' : undefined })
