import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { claimed, leaseMs, type OpenStore, submit } from './fixtures.suite.ts'
import type { ClaimedRun, Ending, Store } from './store.ts'

const graph = {
  seeds: [4, 5],
  ensemble: {},
  distill: { run: { model: { name: 'mlp', hidden: [3] } } },
}
const file = (name: string) => ({ name, mediaType: 'application/octet-stream', data: Uint8Array.of(1, 2, 3) })
const succeeded: Ending = {
  state: 'succeeded',
  artifacts: [file('model.safetensors')],
  predictionTimeMs: 2.5,
}

/** What every engine promises of runs that depend on others. */
export function graphSuite(name: string, open: OpenStore): void {
  describe(name, () => {
    let store: Store
    let nowMs = 0
    beforeEach(async () => {
      nowMs = 1_700_000_000_000
      store = await open(() => nowMs)
    })
    afterEach(() => store.close())

    /** Claims in turn, and what was claimed as its role and seed. */
    async function claimAll(): Promise<readonly ClaimedRun[]> {
      const runs: ClaimedRun[] = []
      for (;;) {
        const run = await store.claim('worker', leaseMs)
        if (run === undefined) return runs
        runs.push(run)
      }
    }
    const roleOf = async ({ runId }: ClaimedRun) => (await store.run(runId))?.role
    const rolesOf = (runs: readonly ClaimedRun[]) => Promise.all(runs.map(roleOf))

    describe('a graph of runs', () => {
      it('is stored with its roles and dependencies', async () => {
        const { id } = await submit(store, graph)
        const { items } = await store.runs({ filter: `experiment = "${id}"`, sort: 'id' })
        const [first, second, ensemble] = items
        expect(items.map(({ role, dependsOn }) => [role, ...dependsOn])).toEqual([
          ['member'],
          ['member'],
          ['ensemble', first.id, second.id],
          ['student', ensemble.id],
          ['baseline'],
        ])
        expect((await store.run(ensemble.id))?.dependsOn).toEqual([first.id, second.id])
      })

      it('is found by role', async () => {
        await submit(store, graph)
        await submit(store)
        const roles = async (filter: string) =>
          (await store.runs({ filter, sort: 'id' })).items.map(({ role }) => role)
        expect(await roles('role = "member"')).toEqual(['member', 'member'])
        expect(await roles('NOT role IN ("member", "run")')).toEqual(['ensemble', 'student', 'baseline'])
        await expect(store.runs({ filter: 'role = "pupil"' })).rejects.toMatchObject({
          code: 'invalid-filter',
        })
      })

      it('hands out what waits for nothing, and lets others pass what waits', async () => {
        await submit(store, graph)
        await submit(store)
        expect(await rolesOf(await claimAll())).toEqual(['member', 'member', 'baseline', 'run'])
      })

      it('hands out a run once all that it needs has ended, with what became of it', async () => {
        await submit(store, graph)
        const [first, second] = await claimAll()
        await store.finish(first, succeeded)
        expect(await store.claim('worker', leaseMs)).toBeUndefined()
        await store.finish(second, { state: 'failed', reason: 'diverged', message: 'at step 3' })
        const ensemble = await claimed(store)
        expect(ensemble.document.ensemble).toBeDefined()
        expect(ensemble.inputs).toEqual([
          {
            runId: first.runId,
            role: 'member',
            state: 'succeeded',
            reason: undefined,
            message: undefined,
            document: first.document,
            variation: {},
            artifacts: [expect.objectContaining({ name: 'model.safetensors', bytes: 3 })],
          },
          {
            runId: second.runId,
            role: 'member',
            state: 'failed',
            reason: 'diverged',
            message: 'at step 3',
            document: second.document,
            variation: {},
            artifacts: [],
          },
        ])
        expect((await store.run(first.runId))?.predictionTimeMs).toBe(2.5)
        expect(await store.claim('worker', leaseMs)).toBeUndefined()
        await store.finish(ensemble, succeeded)
        const student = await claimed(store)
        expect(student.inputs.map(({ runId, state }) => [runId, state])).toEqual([
          [ensemble.runId, 'succeeded'],
        ])
        expect(student.document.distill).toBeDefined()
      })

      it('tells runs that need nothing of nothing', async () => {
        await submit(store)
        expect((await claimed(store)).inputs).toEqual([])
      })

      it('keeps what waits in the queue when what it needs goes back there', async () => {
        await submit(store, { ensemble: {} })
        const member = await claimed(store)
        await store.release(member)
        const again = await claimed(store)
        expect(again.runId).toBe(member.runId)
        nowMs += leaseMs
        await store.reclaim({ maxAttempts: 2 })
        expect((await claimed(store)).runId).toBe(member.runId)
        expect(await store.claim('worker', leaseMs)).toBeUndefined()
      })

      it('lets a combination start when a member was lost', async () => {
        await submit(store, { ensemble: {} })
        const member = await claimed(store)
        nowMs += leaseMs
        await store.reclaim({ maxAttempts: 1 })
        const { inputs } = await claimed(store)
        expect(inputs).toMatchObject([{ runId: member.runId, state: 'failed', reason: 'lost' }])
      })

      it('passes on that a run was cancelled, in the queue or at work', async () => {
        await submit(store, { ...graph, distill: { ...graph.distill, baseline: false } })
        const { items } = await store.runs({ sort: 'id' })
        const [first, second, ensemble, student] = items.map(({ id }) => id)
        const running = await claimed(store)
        await store.requestCancellation(second)
        await store.requestCancellation(first)
        expect(await store.claim('worker', leaseMs)).toBeUndefined()
        await store.finish(running, { state: 'cancelled' })
        const combination = await claimed(store)
        expect(combination.inputs.map(({ state }) => state)).toEqual(['cancelled', 'cancelled'])
        await store.release(combination)
        await store.requestCancellation(ensemble)
        const last = await claimed(store)
        expect(last.runId).toBe(student)
        expect(last.inputs).toMatchObject([{ role: 'ensemble', state: 'cancelled' }])
      })

      it('hands a combination out again with the same inputs after its worker has gone', async () => {
        await submit(store, graph)
        for (const run of (await claimAll()).slice(0, 2)) await store.finish(run, succeeded)
        const before = await claimed(store, 'first')
        await store.reclaim({ deadOwner: 'first', maxAttempts: 3 })
        const after = await claimed(store, 'second')
        expect(after).toEqual({ ...before, attempt: 2 })
      })

      it('waits for threads as others do', async () => {
        const run = { dataset: { name: 'spirals' }, optimizer: { name: 'adam' }, threads: 2 }
        await submit(store, { run, ensemble: {} })
        await store.finish(await claimed(store), succeeded)
        expect(await store.claim('worker', leaseMs, 1)).toBeUndefined()
        expect((await store.claim('worker', leaseMs, 2))?.inputs).toHaveLength(1)
      })
    })
  })
}
