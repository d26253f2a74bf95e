import { describe, expect, it } from 'vitest'
import { createShard } from './shard.ts'
import { createWorker } from './worker.ts'

const slice = (...values: number[]) => Float64Array.from(values)

describe('createShard', () => {
  it('adds each portion once, while the evaluation is open', () => {
    const shard = createShard(2)
    shard.start.set([3, 4])
    shard.run([{ kind: 'create', vector: 1 }])
    expect(shard.fetch(5)).toBeUndefined()
    expect(shard.add(5, 0, slice(1, 1))).toBe(false)
    shard.run([{ kind: 'open', evaluation: 5, x: 0, portions: 3 }])
    expect(shard.fetch(5)).toEqual(slice(3, 4))
    expect(shard.fetch(4)).toBeUndefined()
    expect(shard.add(5, 2, slice(100, 1))).toBe(true)
    expect(shard.add(5, 2, slice(100, 1))).toBe(true)
    expect(shard.add(4, 0, slice(7, 7))).toBe(false)
    expect(shard.add(5, 0, slice(1, 10))).toBe(true)
    expect(() => shard.run([{ kind: 'close', evaluation: 5, gradient: 1 }])).toThrow(
      'shard: evaluation 5 lacks 1 portions',
    )
    expect(shard.add(5, 1, slice(20, 0))).toBe(true)
    shard.run([{ kind: 'close', evaluation: 5, gradient: 1 }])
    expect(shard.read(1)).toEqual(slice(121, 11))
    expect(shard.add(5, 1, slice(20, 0))).toBe(false)
    expect(() => shard.run([{ kind: 'close', evaluation: 5, gradient: 1 }])).toThrow(
      'shard: evaluation 5 is not open',
    )
  })

  it('hands out copies: what others do to a slice does not reach its vectors', () => {
    const shard = createShard(1)
    shard.run([{ kind: 'open', evaluation: 1, x: 0, portions: 1 }])
    shard.fetch(1)?.fill(9)
    shard.read(0).fill(9)
    expect(shard.start).toEqual(slice(0))
    const sent = slice(2)
    shard.add(1, 0, sent)
    sent[0] = 9
    shard.run([{ kind: 'close', evaluation: 1, gradient: 0 }])
    expect(shard.start).toEqual(slice(2))
  })

  it('begins anew with its start, and goes on counting evaluations', () => {
    const shard = createShard(2, 'f32')
    shard.start[1] = 5
    shard.run([
      { kind: 'create', vector: 1 },
      { kind: 'open', evaluation: 8, x: 1, portions: 1 },
    ])
    expect(shard.run([{ kind: 'begin' }])).toEqual(slice(2, 2 ** -23, 8))
    expect(shard.read(0)).toEqual(Float32Array.of(0, 5))
    expect(() => shard.read(1)).toThrow('shard: there is no vector 1')
    expect(shard.fetch(8)).toBeUndefined()
  })

  it('refuses slices of another length', () => {
    expect(() => createShard(2).add(0, 0, slice(1))).toThrow('shard: slice must have length 2, got 1')
    expect(() => createShard(-1)).toThrow('arraySpace: length must be a whole number in [0, ∞), got -1')
  })
})

describe('createWorker', () => {
  const open = { kind: 'open', evaluation: 1, x: 0, portions: 2 } as const

  it('does one portion at a time, from zeros, on parameters fetched once', async () => {
    const shards = [createShard(1), createShard(2)]
    let fetches = 0
    const ports = shards.map((shard) => ({
      ...shard,
      fetch(evaluation: number) {
        fetches++
        return shard.fetch(evaluation)
      },
    }))
    let atWork = 0
    const worker = createWorker(ports, async (portion, x, gradient) => {
      expect(++atWork).toBe(1)
      expect([...gradient]).toEqual([0, 0, 0])
      await Promise.resolve()
      gradient.fill(1 + portion)
      atWork--
      return x.length + portion
    })
    for (const shard of shards) shard.run([open])
    expect(await Promise.all([worker.evaluate(1, 1), worker.evaluate(1, 0)])).toEqual([4, 3])
    expect(fetches).toBe(2)
    for (const shard of shards) shard.run([{ kind: 'close', evaluation: 1, gradient: 0 }])
    expect(shards[1].start).toEqual(slice(3, 3))
  })

  it('says that an evaluation is over, goes on after an objective that throws', async () => {
    const shard = createShard(1)
    const worker = createWorker([shard], (portion) => {
      if (portion === 0) throw new Error('bad batch')
      return 1
    })
    expect(await worker.evaluate(1, 0)).toBeUndefined()
    shard.run([open])
    await expect(worker.evaluate(1, 0)).rejects.toThrow('bad batch')
    expect(await worker.evaluate(1, 1)).toBe(1)
    shard.run([{ ...open, evaluation: 2 }])
    expect(await worker.evaluate(1, 1)).toBeUndefined()
  })
})
