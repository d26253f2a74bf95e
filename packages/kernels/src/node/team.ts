import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import { atomics, call, func, i32 } from '../assembler/index.ts'
import { createBarrier, waitForAll } from '../barrier.ts'
import { assembleFor, instantiate } from '../kernel.ts'
import type { Plan } from '../plan.ts'
import type { Workspace } from '../workspace.ts'
import type { ModuleMessage, TeamWorkerData } from './team-worker.ts'

/** Threads that run plans side by side over one workspace. */
export interface Team {
  readonly threads: number
  /**
   * Joins one plan for each thread into a job: a call runs all of them at once, the first in the caller's thread, and
   * returns when all are through. Plans of one job wait for one another at the team's `barrier`.
   */
  job(plans: readonly Plan[]): () => void
  /** Appends to a thread's plan that it waits until all plans of the job have come as far. */
  barrier(plan: Plan): void
  /** Ends the other threads; a job that is called afterwards throws TypeError. */
  close(): void
}

export interface TeamOptions {
  /** With 1 there are no other threads, and jobs are plans compiled. */
  readonly threads: number
  /** The file of the BLAS library that plans call, if they do. */
  readonly blasPath?: string | undefined
}

/** What the number in `command` means to the other threads, beside the number of a job. */
const stop = 0
const take = -1

/** Starts the threads. Rejects with the error of one that could not start. */
export async function createTeam(workspace: Workspace, { threads, blasPath }: TeamOptions): Promise<Team> {
  if (!(Number.isInteger(threads) && threads >= 1)) {
    throw new RangeError(`team: threads must be a whole number in [1, ∞), got ${threads}`)
  }
  if (threads === 1) return { threads, job: ([plan]) => plan.compile(), barrier() {}, close() {} }
  if (!workspace.shared) throw new TypeError('team: the workspace must be shared')
  const command = workspace.i32(1)
  const gate = createBarrier(workspace, threads)
  const inner = createBarrier(workspace, threads)
  const waitAtGate = (): void => {
    for (const value of gate.values) i32.const(value)
    call(waitForAll.func)
  }
  const { pass } = instantiate<'pass'>(workspace, { pass: func({ in: [], out: [] }, waitAtGate) })
  const loop = new WebAssembly.Module(
    assembleFor(workspace, {
      next: func({ in: [], out: [i32] }, () => {
        waitAtGate()
        i32.const(command.byteOffset)
        atomics.load()
      }),
      done: func({ in: [], out: [] }, waitAtGate),
    }).bytes,
  )
  const { memory } = workspace
  const workerData: TeamWorkerData = { memory, loop, stop, take, blasPath }
  const workers = await Promise.all(Array.from({ length: threads - 1 }, () => startWorker(workerData)))
  let jobs = 0
  let closed = false

  /** Tells the other threads to do something that is no job. */
  function tell(what: number): void {
    Atomics.store(command, 0, what)
    pass()
  }

  return {
    threads,
    job([own, ...others]) {
      if (closed) throw new TypeError('team: its threads have ended')
      if (others.length !== workers.length) {
        throw new RangeError(
          `team: a job has one plan for each of ${threads} threads, got ${others.length + 1}`,
        )
      }
      for (const [index, plan] of others.entries()) {
        const { bytes, functions } = assembleFor(workspace, { run: plan.emit() })
        const names = functions.map(([wantedAs, { name }]) => [wantedAs, name] as const)
        const message: ModuleMessage = { module: new WebAssembly.Module(bytes), functions: names }
        workers[index].postMessage(message)
      }
      tell(take)
      pass()
      jobs += 1
      const number = jobs
      const ownPlan = own.emit()
      const { run } = instantiate<'run'>(workspace, {
        run: func({ in: [], out: [] }, () => {
          i32.const(command.byteOffset)
          i32.const(number)
          atomics.store()
          waitAtGate()
          call(ownPlan)
          waitAtGate()
        }),
      })
      return () => {
        // Nobody would come to the gate.
        if (closed) throw new TypeError('team: its threads have ended')
        run()
      }
    },
    barrier: (plan) => inner.wait(plan),
    close() {
      if (closed) return
      closed = true
      tell(stop)
    },
  }
}

function startWorker(workerData: TeamWorkerData): Promise<Worker> {
  const file = new URL(`./team-worker${extname(import.meta.url)}`, import.meta.url)
  const worker = new Worker(file, { workerData })
  // They end with the process, which they do not keep alive.
  worker.unref()
  return new Promise((resolve, reject) => {
    worker.once('message', () => resolve(worker))
    worker.once('error', reject)
  })
}
