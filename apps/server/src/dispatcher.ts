import { setImmediate } from 'node:timers/promises'
import type { BackendChoice } from '@thalweg/kernels/node'
import type { ClaimedRun, LeaseAnswer, Store } from '@thalweg/store'
import { createAlarm } from './alarm.ts'
import { type DispatcherTimings, defaultTimings } from './dispatcher-timings.ts'
import { reportOf } from './report-of.ts'
import { runInputs } from './run-inputs.ts'
import { threadSlots } from './thread-slots.ts'
import type { Progress } from './worker/protocol.ts'
import { startWorker, type WorkerProcess } from './worker/worker-process.ts'

/** A run that takes its worker down this often, without a checkpoint in between, is lost. */
const maxAttempts = 3

export const maximumWorkers = 256

export interface DispatcherOptions {
  readonly store: Store
  /** How many threads train at the same time, each run at least one; from 1 to 256. */
  readonly workers: number
  /** What computes matrix products. */
  readonly backend: BackendChoice
  readonly dataDirectory: string | undefined
  readonly log: (line: string) => void
  /** The workers' program; this package's own by default. */
  readonly workerFile?: string
  readonly timings?: Partial<DispatcherTimings>
}

/** Hands queued runs to worker processes. */
export interface Dispatcher {
  /** There are new runs: the queue is looked at now. */
  wake(): void
  /** Stops the run's worker, if it is being trained; the store has been told before. */
  cancel(runId: string): void
  /** Gives every run back to the queue with a checkpoint and ends the workers. */
  drain(): Promise<void>
}

/** A run in training. */
interface Active {
  readonly claimed: ClaimedRun
  readonly worker: WorkerProcess
  readonly cancel: () => void
  /** Its worker was ended by the shut-down: that is no attempt that failed. */
  endedByDrain: boolean
}

/**
 * Starts the workers, each kept warm by a loop that claims runs for it in the name of its place.
 *
 * The places' names are the same in every server: the store lets one process have the database, so what stands there
 * in their names at start was left by a server that is gone, and goes back to the queue first.
 */
export async function startDispatcher(options: DispatcherOptions): Promise<Dispatcher> {
  const { store, dataDirectory, backend, log } = options
  const timings = { ...defaultTimings, ...options.timings }
  const alarm = createAlarm()
  const active = new Map<string, Active>()
  const workers = new Set<WorkerProcess>()
  const slots = threadSlots(options.workers)
  let toldMissing = false
  let draining = false

  for (let place = 0; place < maximumWorkers; place++) {
    await store.reclaim({ deadOwner: ownerName(place), maxAttempts, workerFailed: false })
  }

  /** Until the server drains. A fault of the store or of a worker is logged and tried again, later and later. */
  async function keepPlace(place: number): Promise<void> {
    let failures = 0
    while (!draining) {
      const worker = startWorker({
        backend,
        log,
        ...(options.workerFile !== undefined && { file: options.workerFile }),
      })
      workers.add(worker)
      try {
        tellMissing((await worker.ready).missing)
        await useWorker(worker, ownerName(place), () => {
          failures = 0
        })
      } catch (error) {
        if (draining) continue
        log(`place ${place}: ${messageOf(error)}`)
        await alarm.sleep(timings.restartMs * Math.min(100, 2 ** failures++))
      } finally {
        await worker.kill()
        workers.delete(worker)
      }
    }
  }

  /** Every worker looks for the same library: what the first one lacks they all do. */
  function tellMissing(missing: string | undefined): void {
    if (missing === undefined || toldMissing) return
    toldMissing = true
    log(`matrix products are computed by our own kernels: ${missing}`)
  }

  /** Trains run after run until the worker ends or the server drains. */
  async function useWorker(worker: WorkerProcess, owner: string, onDone: () => void): Promise<void> {
    while (!draining && !worker.hasEnded()) {
      const claimed = await slots.claim((mostThreads) => store.claim(owner, timings.leaseMs, mostThreads))
      if (claimed === undefined) {
        await alarm.sleep(timings.pollMs)
        continue
      }
      try {
        if (draining) await store.release(claimed)
        else if (await trainClaimed(worker, claimed)) onDone()
        else {
          await worker.kill()
          // A worker that ends while everything does has not failed.
          await store.reclaim({ deadOwner: owner, maxAttempts, workerFailed: !draining })
          return
        }
      } finally {
        slots.giveBack(claimed)
        // Other places may have waited for its threads, or for its end.
        alarm.ring()
      }
    }
  }

  /** Whether the worker can be given another run; if not, this one may still be in its name. */
  async function trainClaimed(worker: WorkerProcess, claimed: ClaimedRun): Promise<boolean> {
    const { runId, document, checkpoint } = claimed
    const cancellation = cancelOnce(worker)
    const run: Active = { claimed, worker, cancel: cancellation.start, endedByDrain: false }
    active.set(runId, run)
    try {
      const inputs = await runInputs(store, claimed)
      if ('message' in inputs) {
        await store.finish(claimed, { state: 'failed', ...inputs })
        return true
      }
      const outcome = await worker.train(
        { document, checkpoint: checkpoint?.data, dataDirectory, ...inputs },
        async (progress: Progress) => {
          // Storing is synchronous underneath: between two reports, requests that wait are answered.
          await setImmediate()
          obey(run, await store.report(claimed, reportOf(progress), timings.leaseMs))
        },
      )
      if (outcome.state === 'released') await store.release(claimed)
      else await store.finish(claimed, outcome)
      return true
    } catch (error) {
      log(`run ${runId}, attempt ${claimed.attempt}: ${messageOf(error)}`)
      if (run.endedByDrain) await store.release(claimed)
      return false
    } finally {
      cancellation.end()
      active.delete(runId)
    }
  }

  /** Throws where the lease is lost, which ends the worker. */
  function obey(run: Active, answer: LeaseAnswer): void {
    if (!answer.held) throw new Error('the lease is lost; another attempt goes on with it')
    if (answer.cancelRequested) run.cancel()
  }

  function cancelOnce(worker: WorkerProcess): { readonly start: () => void; readonly end: () => void } {
    let timer: NodeJS.Timeout | undefined
    return {
      start() {
        if (timer !== undefined) return
        worker.stop('cancelled')
        timer = setTimeout(() => void worker.kill(), timings.cancelGraceMs)
      },
      end: () => clearTimeout(timer),
    }
  }

  /** Renews every lease, and only then gives back what has run out: after the machine slept, all of them have. */
  async function beat(): Promise<void> {
    for (const run of [...active.values()]) {
      if (run.worker.silentForMs() > timings.silenceMs) {
        log(`run ${run.claimed.runId}: its worker has been silent for too long and is ended`)
        await run.worker.kill()
        continue
      }
      const answer = await store.heartbeat(run.claimed, timings.leaseMs)
      if (active.get(run.claimed.runId) !== run) continue
      if (!answer.held) await run.worker.kill()
      else if (answer.cancelRequested) run.cancel()
    }
    await store.reclaim({ maxAttempts })
  }

  async function keepBeating(): Promise<void> {
    while (!draining) {
      await beat().catch((error: unknown) => log(`heartbeat: ${messageOf(error)}`))
      await pulse.sleep(timings.heartbeatMs)
    }
  }

  async function drain(): Promise<void> {
    draining = true
    alarm.ring()
    const training = new Set([...active.values()].map(({ worker }) => worker))
    for (const worker of workers) {
      if (training.has(worker)) worker.stop('draining')
      else void worker.kill()
    }
    const deadline = setTimeout(() => {
      for (const run of active.values()) {
        run.endedByDrain = true
        void run.worker.kill()
      }
    }, timings.drainGraceMs)
    await Promise.all(places)
    clearTimeout(deadline)
    pulse.ring()
    await pulses
  }

  const pulse = createAlarm()
  const places = Array.from({ length: options.workers }, (_, place) => keepPlace(place))
  const pulses = keepBeating()
  return {
    wake: alarm.ring,
    cancel: (runId) => active.get(runId)?.cancel(),
    drain,
  }
}

function ownerName(place: number): string {
  return `worker-${place}`
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
