import { createHash } from 'node:crypto'
import type { RecordedKey, SeriesKey } from '@thalweg/document'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { claimed, curve, leaseMs, type OpenStore, reportOf, runOf, seeded, submit } from './fixtures.suite.ts'
import type { Point, Store } from './store.ts'

/** What every engine promises of reports, summaries, series and checkpoints. */
export function recordsSuite(name: string, open: OpenStore): void {
  describe(name, () => {
    let store: Store
    let nowMs = 0
    beforeEach(async () => {
      nowMs = 1_700_000_000_000
      store = await open(() => nowMs)
    })
    afterEach(() => store.close())

    describe('reports', () => {
      it('keeps NaN, infinities and their place in the summary', async () => {
        await submit(store)
        const run = await claimed(store)
        const values = [
          2,
          Number.NaN,
          Number.POSITIVE_INFINITY,
          -5,
          Number.NEGATIVE_INFINITY,
          Number.MIN_VALUE,
        ]
        await store.report(run, reportOf(curve('train.loss', values)), leaseMs)
        const steps = [1, 2, 3, 4, 5, 6]
        expect(await store.series(run.runId)).toEqual([{ key: 'train.loss', steps, values, sampled: false }])
        for (const [place, last] of [
          Number.NaN,
          Number.POSITIVE_INFINITY,
          Number.NEGATIVE_INFINITY,
        ].entries()) {
          await store.report(run, reportOf([{ key: 'train.loss', step: 7 + place, value: last }]), leaseMs)
          const expected = { last, lastStep: 7 + place, min: -5, max: 2, points: 7 + place }
          expect((await runOf(store, run)).metrics).toEqual({ 'train.loss': expected })
        }
      })

      it('has no smallest and largest value where none is finite', async () => {
        await submit(store)
        const run = await claimed(store)
        await store.report(run, reportOf([{ key: 'test.loss', step: 0, value: Number.NaN }]), leaseMs)
        const expected = { last: Number.NaN, lastStep: 0, min: undefined, max: undefined, points: 1 }
        expect((await runOf(store, run)).metrics).toEqual({ 'test.loss': expected })
      })

      it('adds up progress', async () => {
        await submit(store)
        const run = await claimed(store)
        await store.report(run, reportOf([], { step: 4, totalSteps: 20, trainingMs: 1.5 }), leaseMs)
        await store.report(run, reportOf([], { step: 8, totalSteps: 20, trainingMs: 2 }), leaseMs)
        expect(await runOf(store, run)).toMatchObject({ step: 8, totalSteps: 20, trainingMs: 3.5 })
      })

      it('overwrites a point at the same key and step; the summary follows', async () => {
        await submit(store)
        const run = await claimed(store)
        await store.report(run, reportOf(curve('train.loss', [9, 5, 1])), leaseMs)
        const again: Point[] = [
          { key: 'train.loss', step: 3, value: 4 },
          { key: 'train.loss', step: 1, value: 8 },
          { key: 'train.loss', step: 1, value: 7 },
        ]
        await store.report(run, reportOf(again), leaseMs)
        expect((await store.series(run.runId))?.[0].values).toEqual([7, 5, 4])
        const expected = { last: 4, lastStep: 3, min: 4, max: 7, points: 3 }
        expect((await runOf(store, run)).metrics['train.loss']).toEqual(expected)
      })

      it('changes nothing if a part of it is out of range', async () => {
        await submit(store)
        const run = await claimed(store)
        const before = await runOf(store, run)
        const bad = [...curve('train.loss', [1]), { key: 'train.loss', step: 1.5, value: 1 } as const]
        await expect(store.report(run, reportOf(bad), leaseMs)).rejects.toThrow(RangeError)
        await expect(store.report(run, reportOf([], { trainingMs: -1 }), leaseMs)).rejects.toThrow(
          new RangeError('trainingMs must be a finite number >= 0, received -1'),
        )
        await expect(store.report(run, reportOf([], { targetStep: -1 }), leaseMs)).rejects.toThrow(
          new RangeError('targetStep must be an integer of at least 0, received -1'),
        )
        expect(await runOf(store, run)).toEqual(before)
        expect(await store.series(run.runId)).toEqual([])
      })
    })

    describe('checkpoints', () => {
      const data = Uint8Array.of(0, 255, 7)

      it('gives the next attempt the newest one and removes what came after it', async () => {
        await submit(store)
        const first = await claimed(store)
        expect(first.checkpoint).toBeUndefined()
        const older = { step: 1, data: Uint8Array.of(1) }
        await store.report(first, reportOf(curve('train.loss', [9, 1, 5]), { checkpoint: older }), leaseMs)
        const newer = { step: 2, data }
        const late: Point[] = [
          { key: 'train.loss', step: 4, value: 0 },
          { key: 'validation.loss', step: 4, value: 0 },
        ]
        await store.report(first, reportOf(late, { step: 4, checkpoint: newer }), leaseMs)
        await store.release(first)
        const second = await claimed(store)
        expect(second).toMatchObject({ attempt: 2, checkpoint: { step: 2 } })
        expect([...second.checkpoint!.data]).toEqual([...data])
        const { metrics, step } = await runOf(store, second)
        expect(step).toBe(2)
        expect(metrics).toEqual({ 'train.loss': { last: 1, lastStep: 2, min: 1, max: 9, points: 2 } })
        const expected = { key: 'train.loss', steps: [1, 2], values: [9, 1], sampled: false }
        expect(await store.series(second.runId)).toEqual([expected])
        await store.report(second, reportOf(curve('train.loss', [6, 7], 3)), leaseMs)
        expect((await store.series(second.runId))?.[0].values).toEqual([9, 1, 6, 7])
      })

      it('starts anew without one', async () => {
        await submit(store)
        const first = await claimed(store)
        await store.report(first, reportOf(curve('train.loss', [9, 8]), { step: 2 }), leaseMs)
        nowMs += leaseMs
        await store.reclaim({ maxAttempts: 3 })
        const second = await claimed(store)
        expect(second.checkpoint).toBeUndefined()
        expect(await runOf(store, second)).toMatchObject({ step: 0, metrics: {}, trainingMs: 5 })
        expect(await store.series(second.runId)).toEqual([])
      })
    })

    describe('the back end', () => {
      it("is the newest attempt's", async () => {
        await submit(store)
        const first = await claimed(store)
        await store.report(first, reportOf([], { backend: 'OpenBLAS 0.3.21' }), leaseMs)
        await store.report(first, reportOf([]), leaseMs)
        expect((await runOf(store, first)).backend).toBe('OpenBLAS 0.3.21')
        await store.release(first)
        expect((await runOf(store, first)).backend).toBe('OpenBLAS 0.3.21')
        const second = await claimed(store)
        expect((await runOf(store, second)).backend).toBeUndefined()
        await store.report(second, reportOf([], { backend: 'wasm' }), leaseMs)
        expect((await store.runs({ filter: 'backend = "wasm"' })).items.map(({ id }) => id)).toEqual([
          second.runId,
        ])
      })
    })

    describe('the target', () => {
      it('is reached once, at a step and a time over all attempts', async () => {
        await submit(store)
        const first = await claimed(store)
        const checkpoint = { step: 4, data: new Uint8Array(1) }
        await store.report(first, reportOf([], { step: 4, trainingMs: 3, checkpoint }), leaseMs)
        await store.release(first)
        const second = await claimed(store)
        await store.report(second, reportOf([], { step: 6, trainingMs: 4, targetStep: 6 }), leaseMs)
        const reached = { targetStep: 6, targetTrainingMs: 7 }
        expect(await runOf(store, second)).toMatchObject(reached)
        await store.report(second, reportOf([], { step: 8, trainingMs: 5, targetStep: 8 }), leaseMs)
        await store.finish(second, { state: 'failed', reason: 'diverged' })
        expect(await runOf(store, second)).toMatchObject({ ...reached, trainingMs: 12 })
      })

      it.each([
        [4, undefined, undefined],
        [5, 5, 3],
      ])(
        'of step 5 goes with the points after the checkpoint of step %i',
        async (step, targetStep, targetTrainingMs) => {
          await submit(store)
          const first = await claimed(store)
          await store.report(first, reportOf([], { step: 5, trainingMs: 3, targetStep: 5 }), leaseMs)
          const checkpoint = { step, data: new Uint8Array(1) }
          await store.report(first, reportOf([], { step: 6, checkpoint }), leaseMs)
          await store.release(first)
          expect(await runOf(store, first)).toMatchObject({ targetStep: 5, targetTrainingMs: 3 })
          expect(await runOf(store, await claimed(store))).toMatchObject({ targetStep, targetTrainingMs })
        },
      )
    })

    describe('series of single tensors', () => {
      const norms = ['dense1.weight.norm', 'dense1.bias.gradientNorm'] as const
      const points = [...norms.flatMap((key) => curve(key, [3, 2, 1])), ...curve('train.loss', [9, 8, 7])]

      it('are told by name, and no part of the summary', async () => {
        await submit(store)
        const run = await claimed(store)
        await store.report(run, reportOf(points), leaseMs)
        const { metrics, tensorSeries } = await runOf(store, run)
        expect(Object.keys(metrics)).toEqual(['train.loss'])
        expect(tensorSeries).toEqual(norms)
        const keys = async (query: { keys?: readonly RecordedKey[] }) =>
          (await store.series(run.runId, query))?.map(({ key, values }) => [key, ...values])
        expect(await keys({})).toEqual([['train.loss', 9, 8, 7]])
        expect(await keys({ keys: [norms[1], 'dense9.weight.norm', 'train.loss', norms[0]] })).toEqual([
          ['train.loss', 9, 8, 7],
          [norms[0], 3, 2, 1],
          [norms[1], 3, 2, 1],
        ])
      })

      it('go back to the checkpoint with the others', async () => {
        await submit(store)
        const first = await claimed(store)
        const late = [...curve(norms[0], [3, 2, 1]), ...curve(norms[1], [5], 3)]
        const checkpoint = { step: 2, data: new Uint8Array(1) }
        await store.report(first, reportOf(late, { checkpoint }), leaseMs)
        await store.release(first)
        const second = await claimed(store)
        expect((await runOf(store, second)).tensorSeries).toEqual([norms[0]])
        expect(await store.series(second.runId, { keys: norms })).toMatchObject([
          { key: norms[0], steps: [1, 2], values: [3, 2] },
        ])
      })
    })

    describe('artifacts', () => {
      const read = async (runId: string, id: string): Promise<Buffer | undefined> => {
        const found = await store.artifact(runId, id)
        if (found === undefined) return undefined
        const parts: Uint8Array[] = []
        for await (const part of found.data()) parts.push(part)
        return Buffer.concat(parts)
      }

      it.each([0, 1, 2 ** 20, 2.5 * 2 ** 20])('come back as they were: %i bytes', async (bytes) => {
        await submit(store)
        const run = await claimed(store)
        const random = seeded(bytes)
        // A view in the middle of its memory.
        const data = Uint8Array.from({ length: bytes + 7 }, () => 256 * random()).subarray(7)
        const parts = { name: 'model.safetensors', mediaType: 'application/octet-stream' }
        await store.finish(run, { state: 'succeeded', artifacts: [{ ...parts, data }] })
        const { artifacts } = await runOf(store, run)
        const sha256 = createHash('sha256').update(data).digest('hex')
        const [{ id }] = artifacts
        expect(artifacts).toEqual([{ ...parts, id, bytes, sha256, createdAtMs: nowMs }])
        expect((await read(run.runId, id))?.equals(data)).toBe(true)
        expect(await read('another run', id)).toBeUndefined()
        expect(await read(run.runId, 'another artifact')).toBeUndefined()
      })

      it('are refused where they are too large, and the run does not end', async () => {
        await submit(store)
        const run = await claimed(store)
        const data = new Uint8Array(2 ** 28 + 1)
        const ending = {
          state: 'succeeded',
          artifacts: [{ name: 'model', mediaType: 'text/plain', data }],
        } as const
        await expect(store.finish(run, ending)).rejects.toThrow(
          new RangeError('model must have at most 268435456 bytes, received 268435457'),
        )
        expect(await runOf(store, run)).toMatchObject({ state: 'running', artifacts: [] })
      })
    })

    describe('summaries', () => {
      it('equal a recomputation from the points after any reports, losses and releases', async () => {
        const random = seeded(7)
        const specials = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
        await submit(store)
        let run = await claimed(store)
        for (let round = 0; round < 60; round++) {
          const points = Array.from({ length: Math.floor(random() * 6) }, (): Point => {
            const value =
              random() < 0.2 ? specials[Math.floor(random() * 3)] : Math.floor(random() * 100) - 50
            const key = random() < 0.5 ? 'train.loss' : 'validation.accuracy'
            return { key, step: Math.floor(random() * 10) + round, value }
          })
          const step = Math.floor(random() * 60)
          const checkpoint = random() < 0.1 ? { checkpoint: { step, data: new Uint8Array(0) } } : {}
          await store.report(run, reportOf(points, checkpoint), leaseMs)
          if (random() < 0.1) {
            await store.release(run)
            run = await claimed(store)
          }
          const series = (await store.series(run.runId)) ?? []
          const expected = series.map(({ key, steps, values }) => {
            const finite = values.filter(Number.isFinite)
            const min = finite.length === 0 ? undefined : Math.min(...finite)
            const max = finite.length === 0 ? undefined : Math.max(...finite)
            return [key, { last: values.at(-1), lastStep: steps.at(-1), min, max, points: values.length }]
          })
          expect((await runOf(store, run)).metrics).toEqual(Object.fromEntries(expected))
        }
      })
    })

    describe('series', () => {
      const losses = Array.from({ length: 1000 }, (_, step) => Math.sin(step) + 2)
      losses[500] = -100
      losses[501] = 100
      losses[700] = Number.NaN

      it('selects keys and steps', async () => {
        await submit(store)
        const run = await claimed(store)
        const points = [...curve('validation.loss', [1, 2, 3, 4]), ...curve('train.loss', [5, 6])]
        await store.report(run, reportOf(points), leaseMs)
        const keys = async (query: { keys?: readonly SeriesKey[]; from?: number; to?: number }) =>
          (await store.series(run.runId, query))?.map(({ key, values }) => [key, ...values])
        expect(await keys({})).toEqual([
          ['train.loss', 5, 6],
          ['validation.loss', 1, 2, 3, 4],
        ])
        expect(await keys({ keys: ['validation.loss', 'test.loss'] })).toEqual([
          ['validation.loss', 1, 2, 3, 4],
        ])
        expect(await keys({ from: 2, to: 3 })).toEqual([
          ['train.loss', 6],
          ['validation.loss', 2, 3],
        ])
        await expect(store.series(run.runId, { points: 0 })).rejects.toThrow(
          new RangeError('points must be an integer of at least 1, received 0'),
        )
      })

      it('samples a long one, keeping its ends, its peaks and what is not a number', async () => {
        await submit(store)
        const run = await claimed(store)
        await store.report(run, reportOf(curve('train.loss', losses, 0)), leaseMs)
        const [series] = (await store.series(run.runId, { points: 100 })) ?? []
        expect(series.sampled).toBe(true)
        expect(series.steps.length).toBeLessThanOrEqual(101)
        expect(series.steps.length).toBeGreaterThan(80)
        expect(series.values).toEqual(series.steps.map((step) => losses[step]))
        expect(series.steps).toEqual([...new Set(series.steps)].sort((a, b) => a - b))
        for (const step of [0, 500, 501, 700, 999]) expect(series.steps).toContain(step)
        expect(await store.series(run.runId, { points: 100 })).toEqual([series])
        expect((await store.series(run.runId, { points: 1000 }))?.[0].sampled).toBe(false)
      })
    })
  })
}
