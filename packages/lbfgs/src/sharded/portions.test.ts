import { describe, expect, it } from 'vitest'
import { createPortions } from './portions.ts'
import type { WorkerPort } from './ports.ts'

/** A worker whose answers the test gives; `asked` lists what it has been given. */
function manualWorker() {
  const asked: string[] = []
  let settle: { resolve: (f: number | undefined) => void; reject: (cause: Error) => void } | undefined
  const port: WorkerPort = {
    evaluate(evaluation, portion) {
      asked.push(`${evaluation}.${portion}`)
      return new Promise((resolve, reject) => {
        settle = { resolve, reject }
      })
    },
  }
  const turn = () => new Promise((resolve) => setImmediate(resolve))
  return {
    port,
    asked,
    async answer(f: number | undefined) {
      settle?.resolve(f)
      await turn()
    },
    async die() {
      settle?.reject(new Error('gone'))
      await turn()
    },
  }
}

describe('createPortions', () => {
  it('gives out fresh portions, then what is at work, the least shared first; the first answer counts', async () => {
    const [a, b, c] = [manualWorker(), manualWorker(), manualWorker()]
    const portions = createPortions([a.port, b.port, c.port], 4)
    const sum = portions.evaluate(1)
    await b.answer(10)
    await b.answer(1000)
    // a holds 0, c holds 2; b takes 0, the elder of the two, then 2.
    expect(b.asked).toEqual(['1.1', '1.3', '1.0'])
    await b.answer(1)
    expect(b.asked).toEqual(['1.1', '1.3', '1.0', '1.2'])
    await c.answer(100)
    expect(await sum).toBe(1111)
    // Those at work for the last evaluation wait for their turn until they have answered.
    const next = portions.evaluate(2)
    expect([a.asked, c.asked.at(-1)]).toEqual([['1.0'], '2.0'])
    await a.answer(5)
    expect(a.asked).toEqual(['1.0', '2.1'])
    await a.answer(2)
    await a.answer(3)
    await a.answer(4)
    await c.answer(1)
    expect(await next).toBe(10)
  })

  it('gives what a dead worker had to another, before what is fresh, and to the dead no more', async () => {
    const [a, b] = [manualWorker(), manualWorker()]
    const portions = createPortions([a.port, b.port], 3)
    const sum = portions.evaluate(1)
    await a.die()
    for (const f of [2, 1, 4]) await b.answer(f)
    expect(b.asked).toEqual(['1.1', '1.0', '1.2'])
    expect(await sum).toBe(7)
    void portions.evaluate(2)
    expect(a.asked).toEqual(['1.0'])
    expect(b.asked.at(-1)).toBe('2.0')
  })

  it('takes one that throws at once, or has no result for an open evaluation, for dead', async () => {
    const thrower: WorkerPort = {
      evaluate() {
        throw new Error('no such batch')
      },
    }
    const confused: WorkerPort = { evaluate: () => undefined }
    await expect(createPortions([confused, thrower], 2).evaluate(1)).rejects.toMatchObject({
      code: 'workers-lost',
      evaluation: 1,
      missing: 2,
      message: expect.stringContaining('0 of 2 portions of evaluation 1 done'),
    })
    const sound: WorkerPort = { evaluate: (_, portion) => 2 ** portion }
    const portions = createPortions([confused, thrower, sound], 5)
    expect(await portions.evaluate(1)).toBe(31)
    expect(await portions.evaluate(2)).toBe(31)
  })

  it('ends with the last error at once when an evaluation finds nobody', async () => {
    const a = manualWorker()
    const portions = createPortions([a.port], 1)
    const first = portions.evaluate(1)
    const refused = expect(first).rejects.toThrow('gone')
    await a.die()
    await refused
    await expect(portions.evaluate(2)).rejects.toThrow(
      '0 of 1 portions of evaluation 2 done; the last one: gone',
    )
  })
})
