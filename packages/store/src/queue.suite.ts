import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  claimed,
  curve,
  expanded,
  leaseMs,
  type OpenStore,
  reportOf,
  runOf,
  submit,
} from './fixtures.suite.ts'
import type { Store } from './store.ts'

const gone = { held: false } as const

/** What every engine promises of experiments and the queue. */
export function queueSuite(name: string, open: OpenStore): void {
  describe(name, () => {
    let store: Store
    let nowMs = 0
    beforeEach(async () => {
      nowMs = 1_700_000_000_000
      store = await open(() => nowMs)
    })
    afterEach(() => store.close())

    describe('experiments', () => {
      it('is empty until something is submitted', async () => {
        expect(await store.isEmpty()).toBe(true)
        await submit(store)
        expect(await store.isEmpty()).toBe(false)
      })

      it('stores an experiment and queues its runs in order', async () => {
        const { experiment, runs } = expanded({ tags: ['a', 'b'], seeds: [3, 1, 2] })
        const stored = await store.submit(experiment, runs)
        expect(stored).toEqual({
          id: stored.id,
          document: experiment,
          createdAtMs: nowMs,
          runs: { queued: 3, running: 0, succeeded: 0, failed: 0, cancelled: 0 },
        })
        expect(await store.experiment(stored.id)).toEqual(stored)
        const { items } = await store.runs({ sort: 'seed' })
        expect(items.map(({ document }) => document.seed)).toEqual([1, 2, 3])
        expect(items[0]).toEqual({
          id: items[0].id,
          experimentId: stored.id,
          state: 'queued',
          reason: undefined,
          message: undefined,
          role: 'run',
          dependsOn: [],
          document: runs[1].document,
          variation: {},
          tags: ['a', 'b'],
          attempt: 0,
          backend: undefined,
          cancelRequested: false,
          createdAtMs: nowMs,
          startedAtMs: undefined,
          finishedAtMs: undefined,
          step: 0,
          totalSteps: undefined,
          trainingMs: 0,
          targetStep: undefined,
          targetTrainingMs: undefined,
          stoppedEarly: false,
          solver: undefined,
          predictionTimeMs: undefined,
          metrics: {},
        })
      })

      it('counts the runs in each state', async () => {
        const { id } = await submit(store, { seeds: [1, 2, 3, 4] })
        await store.finish(await claimed(store), { state: 'succeeded' })
        await store.finish(await claimed(store), { state: 'failed', reason: 'error' })
        await claimed(store)
        const counts = { queued: 1, running: 1, succeeded: 1, failed: 1, cancelled: 0 }
        expect((await store.experiment(id))?.runs).toEqual(counts)
        expect((await store.experiments()).items[0].runs).toEqual(counts)
      })

      it('lists the newest first, in pages', async () => {
        const ids: string[] = []
        for (let count = 0; count < 5; count++) ids.unshift((await submit(store)).id)
        const first = await store.experiments({ limit: 2 })
        const second = await store.experiments({ limit: 2, cursor: first.nextCursor! })
        const third = await store.experiments({ limit: 2, cursor: second.nextCursor! })
        const items = [first, second, third].flatMap((page) => page.items)
        expect(items.map(({ id }) => id)).toEqual(ids)
        expect(third.nextCursor).toBeUndefined()
        await expect(store.experiments({ limit: 0 })).rejects.toMatchObject({ code: 'invalid-limit' })
      })

      it('knows what is not there', async () => {
        expect(await store.experiment('none')).toBeUndefined()
        expect(await store.run('none')).toBeUndefined()
        expect(await store.series('none')).toBeUndefined()
        expect(await store.requestCancellation('none')).toBeUndefined()
        expect(await store.claim('worker', leaseMs)).toBeUndefined()
      })
    })

    describe('claims', () => {
      it('hands out runs in the order of submission, each once', async () => {
        await submit(store, { seeds: [9, 2] })
        await submit(store, { seeds: [5] })
        const runs = [await claimed(store), await claimed(store), await claimed(store)]
        expect(runs.map(({ document }) => document.seed)).toEqual([9, 2, 5])
        expect(runs.map(({ attempt }) => attempt)).toEqual([1, 1, 1])
        expect(await store.claim('worker', leaseMs)).toBeUndefined()
        expect(await runOf(store, runs[0])).toMatchObject({
          state: 'running',
          attempt: 1,
          startedAtMs: nowMs,
        })
      })

      it('renews the lease by heartbeat and report', async () => {
        await submit(store)
        const run = await claimed(store)
        nowMs += 900
        expect(await store.heartbeat(run, leaseMs)).toEqual({ held: true, cancelRequested: false })
        nowMs += 900
        expect(await store.report(run, reportOf([]), leaseMs)).toEqual({ held: true, cancelRequested: false })
        nowMs += 900
        expect(await store.reclaim({ maxAttempts: 3 })).toEqual({ requeued: 0, lost: 0 })
        nowMs += 100
        expect(await store.reclaim({ maxAttempts: 3 })).toEqual({ requeued: 1, lost: 0 })
      })

      it('hands out no run of more threads than there are, and lets none overtake it', async () => {
        const { run } = expanded().experiment
        await submit(store, { run: { ...run, threads: 3 } })
        await submit(store)
        expect(await store.claim('worker', leaseMs, 2)).toBeUndefined()
        const wide = await store.claim('worker', leaseMs, 3)
        expect(wide?.document.threads).toBe(3)
        expect(await store.claim('worker', leaseMs, 0)).toBeUndefined()
        expect((await store.claim('worker', leaseMs, 1))?.document.threads).toBeUndefined()
      })

      it('ends the leases of a dead owner at once, and only these', async () => {
        await submit(store, { seeds: [1, 2] })
        const first = await claimed(store, 'dead')
        const second = await claimed(store, 'alive')
        expect(await store.reclaim({ deadOwner: 'dead', maxAttempts: 3 })).toEqual({ requeued: 1, lost: 0 })
        expect((await runOf(store, first)).state).toBe('queued')
        expect((await runOf(store, second)).state).toBe('running')
      })

      it('fails as lost after maxAttempts, not counting releases', async () => {
        await submit(store)
        const id = (await store.runs()).items[0].id
        await store.release(await claimed(store))
        for (const expected of [
          { requeued: 1, lost: 0 },
          { requeued: 0, lost: 1 },
        ]) {
          await claimed(store)
          nowMs += leaseMs
          expect(await store.reclaim({ maxAttempts: 2 })).toEqual(expected)
        }
        expect(await store.run(id)).toMatchObject({
          state: 'failed',
          reason: 'lost',
          attempt: 3,
          finishedAtMs: nowMs,
          message: 'its worker vanished 2 times, the last of them in attempt 3',
        })
      })

      it('does not count attempts that the whole service ended, nor those before a checkpoint', async () => {
        await submit(store)
        const ends = [
          { workerFailed: false, checkpoint: false },
          { workerFailed: true, checkpoint: false },
          { workerFailed: false, checkpoint: false },
          { workerFailed: true, checkpoint: true },
          { workerFailed: true, checkpoint: true },
        ]
        for (const { workerFailed, checkpoint } of ends) {
          const run = await claimed(store)
          const progress = { points: [], step: 1, totalSteps: 9, trainingMs: 0 }
          const data = Uint8Array.of(run.attempt)
          await store.report(
            run,
            checkpoint ? { ...progress, checkpoint: { step: 1, data } } : progress,
            leaseMs,
          )
          nowMs += leaseMs
          expect(await store.reclaim({ maxAttempts: 2, workerFailed })).toEqual({ requeued: 1, lost: 0 })
        }
        await claimed(store)
        nowMs += leaseMs
        expect(await store.reclaim({ maxAttempts: 2 })).toEqual({ requeued: 0, lost: 1 })
      })

      it('takes a released run up again before later ones', async () => {
        await submit(store, { seeds: [1, 2] })
        const run = await claimed(store)
        expect(await store.release(run)).toBe(true)
        expect(await runOf(store, run)).toMatchObject({ state: 'queued', attempt: 1 })
        expect(await claimed(store)).toMatchObject({ runId: run.runId, attempt: 2 })
      })

      it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('refuses a lease of %s ms', async (bad) => {
        await expect(store.claim('worker', bad)).rejects.toThrow(
          new RangeError(`leaseMs must be a finite number > 0, received ${bad}`),
        )
      })
    })

    describe('fencing', () => {
      it('lets nothing of an older attempt through', async () => {
        await submit(store)
        const old = await claimed(store)
        await store.report(old, reportOf(curve('train.loss', [3, 2])), leaseMs)
        nowMs += leaseMs
        await store.reclaim({ maxAttempts: 3 })
        const late = reportOf(curve('train.loss', [7, 7, 7]), {
          targetStep: 2,
          checkpoint: { step: 3, data: new Uint8Array(1) },
        })
        const model = { name: 'model', mediaType: 'text/plain', data: Uint8Array.of(1) }
        const queued = await runOf(store, old)
        const refused = async () => {
          expect(await store.report(old, late, leaseMs)).toEqual(gone)
          expect(await store.heartbeat(old, leaseMs)).toEqual(gone)
          expect(await store.finish(old, { state: 'succeeded', artifacts: [model] })).toBe(false)
          expect(await store.release(old)).toBe(false)
        }
        await refused()
        expect(await runOf(store, old)).toEqual(queued)
        const current = await claimed(store)
        expect(current.checkpoint).toBeUndefined()
        const running = await runOf(store, current)
        await refused()
        expect(await runOf(store, current)).toEqual(running)
        expect(await store.heartbeat(current, leaseMs)).toEqual({ held: true, cancelRequested: false })
      })

      it('lets nothing through after the end', async () => {
        await submit(store)
        const run = await claimed(store)
        const solver = { status: 'converged-gradient', message: 'gradient norm 1e-7' }
        const ending = { state: 'succeeded', stoppedEarly: true, solver, message: 'a note' } as const
        expect(await store.finish(run, ending)).toBe(true)
        const finished = await runOf(store, run)
        expect(finished).toMatchObject({ ...ending, finishedAtMs: nowMs })
        nowMs += 1
        expect(await store.finish(run, { state: 'failed', reason: 'error' })).toBe(false)
        expect(await store.report(run, reportOf(curve('train.loss', [1])), leaseMs)).toEqual(gone)
        const { artifacts, tensorSeries, ...listed } = finished
        expect([artifacts, tensorSeries]).toEqual([[], []])
        expect(await store.requestCancellation(run.runId)).toEqual(listed)
        expect(await runOf(store, run)).toEqual(finished)
      })
    })

    describe('cancellation', () => {
      it('cancels a queued run at once', async () => {
        await submit(store)
        const { id } = (await store.runs()).items[0]
        expect(await store.requestCancellation(id)).toMatchObject({ state: 'cancelled', finishedAtMs: nowMs })
        expect(await store.claim('worker', leaseMs)).toBeUndefined()
      })

      it('asks a running one to stop, once and again', async () => {
        await submit(store)
        const run = await claimed(store)
        for (let count = 0; count < 2; count++) {
          const answer = await store.requestCancellation(run.runId)
          expect(answer).toMatchObject({ state: 'running', cancelRequested: true })
        }
        expect(await store.heartbeat(run, leaseMs)).toEqual({ held: true, cancelRequested: true })
        expect(await store.report(run, reportOf([]), leaseMs)).toEqual({ held: true, cancelRequested: true })
        expect(await store.finish(run, { state: 'cancelled' })).toBe(true)
        expect((await runOf(store, run)).state).toBe('cancelled')
      })

      it('does not queue it again when it is released or its worker vanishes', async () => {
        await submit(store, { seeds: [1, 2] })
        const released = await claimed(store)
        const vanished = await claimed(store)
        await store.requestCancellation(released.runId)
        await store.requestCancellation(vanished.runId)
        await store.release(released)
        nowMs += leaseMs
        expect(await store.reclaim({ maxAttempts: 3 })).toEqual({ requeued: 0, lost: 0 })
        for (const run of [released, vanished]) {
          expect(await runOf(store, run)).toMatchObject({ state: 'cancelled', reason: undefined })
        }
      })
    })
  })
}
