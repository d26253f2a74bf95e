import { describe, expect, it } from 'vitest'
import { createBlockPool } from './block-pool.ts'
import { createGate } from './gate.ts'
import { createReadAhead } from './read-ahead.ts'
import type { RecordSequence } from './record-sequence.ts'

/** Records of one byte, their own number; reads wait until they are released in order, and can fail. */
function sequenceOfBytes() {
  const reads: { from: number; to: number; release: () => void; fail: () => void }[] = []
  const sequence: RecordSequence = {
    records: 200,
    recordBytes: 1,
    read: (from, to, bytes, offset) =>
      new Promise((done, failed) => {
        const release = () => {
          for (let record = from; record < to; record++) bytes[offset + record - from] = record
          done()
        }
        reads.push({ from, to, release, fail: () => failed(new Error('damaged')) })
      }),
    locate: (record) => ({ source: 'bytes', offset: record }),
  }
  return { sequence, reads }
}

const turn = () => new Promise((done) => setImmediate(done))

describe('createReadAhead', () => {
  it('lends what it has loaded, any part of it, once it is there', async () => {
    const { sequence, reads } = sequenceOfBytes()
    const ahead = createReadAhead(10, createGate('it'))
    expect(ahead.holds(sequence, 20, 22)).toBe(false)
    ahead.load(sequence, 20, 30)
    expect([ahead.holds(sequence, 20, 22), ahead.holds(sequence, 28, 30)]).toEqual([true, true])
    expect([ahead.holds(sequence, 19, 21), ahead.holds(sequence, 29, 31)]).toEqual([false, false])
    expect(ahead.holds(sequenceOfBytes().sequence, 20, 22)).toBe(false)
    expect([ahead.endsAt(30), ahead.endsAt(29)]).toEqual([true, false])
    let seen: number[] = []
    const using = ahead.use((block, first) => {
      seen = [...block.subarray(24 - first, 26 - first)]
    })
    await turn()
    expect(seen).toEqual([])
    reads[0].release()
    await using
    expect(seen).toEqual([24, 25])
  })

  it('does not overwrite its block while it is filled, or while anybody waits for it', async () => {
    const { sequence, reads } = sequenceOfBytes()
    const ahead = createReadAhead(10, createGate('it'))
    ahead.load(sequence, 0, 10)
    ahead.load(sequence, 10, 20)
    expect(reads).toHaveLength(1)
    const seen: number[] = []
    const uses = [3, 9, 0].map((record) =>
      ahead.use((block, first) => {
        seen.push(block[record - first])
        ahead.load(sequence, 10, 20)
      }),
    )
    reads[0].release()
    await Promise.all(uses)
    expect(seen).toEqual([3, 9, 0])
    expect(reads).toHaveLength(1)
    ahead.load(sequence, 10, 20)
    expect(reads[1]).toMatchObject({ from: 10, to: 20 })
  })

  it('tells who waits of a failure, then holds nothing and can load again', async () => {
    const { sequence, reads } = sequenceOfBytes()
    const ahead = createReadAhead(10, createGate('it'))
    ahead.load(sequence, 0, 10)
    const using = ahead.use(() => undefined)
    reads[0].fail()
    await expect(using).rejects.toThrow('damaged')
    expect(ahead.holds(sequence, 0, 1)).toBe(false)
    ahead.load(sequence, 0, 10)
    reads[1].release()
    await ahead.use((block) => expect(block[7]).toBe(7))
  })

  it('keeps a failure that nobody waits for to itself', async () => {
    const { sequence, reads } = sequenceOfBytes()
    const ahead = createReadAhead(10, createGate('it'))
    ahead.load(sequence, 0, 10)
    reads[0].fail()
    await turn()
    expect(ahead.holds(sequence, 0, 1)).toBe(false)
  })
})

describe('createBlockPool', () => {
  it('starts a task at once while a block is free, else in turn, with memory of its own', async () => {
    const pool = createBlockPool([new Uint8Array(3), new Uint8Array(3)])
    const finish: (() => void)[] = []
    const blocks: Uint8Array[] = []
    const task = (block: Uint8Array) => {
      blocks.push(block)
      return new Promise<void>((done) => finish.push(done))
    }
    const uses = [
      pool.use(task),
      pool.use(task),
      pool.use(task),
      pool.use(() => Promise.reject(new Error('no'))),
    ]
    expect(blocks).toHaveLength(2)
    expect(blocks[0]).not.toBe(blocks[1])
    finish[1]()
    await uses[1]
    await turn()
    expect(blocks[2]).toBe(blocks[1])
    finish[0]()
    await expect(uses[3]).rejects.toThrow('no')
    finish[2]()
    await uses[2]
    await pool.use(async (block) => expect([blocks[0], blocks[1]]).toContain(block))
  })
})

describe('createGate', () => {
  it('waits for what has passed, and lets nothing pass any more', async () => {
    const gate = createGate('the source')
    let finish = () => {}
    const passing = gate.pass(() => new Promise<void>((done) => (finish = done)))
    let closed = false
    const closing = gate.close().then(() => {
      closed = true
    })
    await expect(gate.pass(async () => 1)).rejects.toThrow(new TypeError('the source is closed'))
    await turn()
    expect(closed).toBe(false)
    finish()
    await passing
    await closing
    await gate.close()
  })
})
