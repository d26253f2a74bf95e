import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { arraySpace } from '../array-space.ts'
import type { ShardPort } from './ports.ts'
import { createShard } from './shard.ts'
import { shardedSpace } from './sharded-space.ts'

const values = (length: number) =>
  fc.array(fc.double({ noNaN: true, min: -1e3, max: 1e3 }), { minLength: length, maxLength: length })

describe('shardedSpace', () => {
  const cases = fc.array(fc.nat(5), { minLength: 1, maxLength: 5 }).chain((lengths) => {
    const n = lengths.reduce((sum, length) => sum + length, 0)
    return fc.record({
      lengths: fc.constant(lengths),
      vectors: fc.array(values(n), { minLength: 3, maxLength: 3 }),
      coefficients: values(3),
      later: fc.boolean(),
    })
  })

  it('does what the array space does, slice by slice', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ lengths, vectors, coefficients, later }) => {
        const n = vectors[0].length
        const shards = lengths.map((length) => createShard(length))
        const ports = later
          ? shards.map((shard): ShardPort => ({ ...shard, run: async (each) => shard.run(each) }))
          : shards
        const space = shardedSpace(ports)
        const handles = vectors.map(() => space.create())
        await space.flush()
        const offsets = lengths.map((_, k) => lengths.slice(0, k).reduce((sum, length) => sum + length, 0))
        handles.forEach((handle, v) => {
          shards.forEach((shard, k) => {
            shard.write(handle, Float64Array.from(vectors[v].slice(offsets[k], offsets[k] + lengths[k])))
          })
        })

        const array = arraySpace(n)
        const arrays = vectors.map((vector) => Float64Array.from(vector))
        array.combine(Float64Array.from(coefficients), arrays, 3, arrays[0])
        space.combine(Float64Array.from(coefficients), handles, 3, handles[0])
        array.copy(arrays[0], arrays[2])
        space.copy(handles[0], handles[2])
        const [expected, found] = [new Float64Array(8), new Float64Array(8)]
        array.products(arrays, 3, arrays[1], arrays[2], expected)
        const reply = space.products(handles, 3, handles[1], handles[2], found)
        expect(reply instanceof Promise).toBe(later)
        await reply
        const scale =
          1e-13 *
          (1 + n) *
          arrays.flatMap((a) => [...a]).reduce((sum, value) => Math.max(sum, value * value), 1)
        for (let i = 0; i < 6; i++) expect(Math.abs(found[i] - expected[i])).toBeLessThanOrEqual(scale)
        if (lengths.length === 1) expect(found).toEqual(expected)

        array.measure(arrays[0], arrays[1], expected)
        await space.measure(handles[0], handles[1], found)
        expect(found[1]).toBe(expected[1])
        expect(Math.abs(found[0] - expected[0])).toBeLessThanOrEqual(scale)
        for (const [v, handle] of handles.entries()) {
          expect(shards.flatMap((shard) => [...shard.read(handle)])).toEqual([...arrays[v]])
        }
      }),
    )
  })

  it('finds a coordinate that is NaN on any shard', () => {
    const shards = [createShard(1), createShard(2)]
    shards[0].start[0] = Number.NaN
    const out = new Float64Array(2)
    void shardedSpace(shards).measure(0, 0, out)
    expect(out).toEqual(Float64Array.of(Number.NaN, Number.NaN))
  })

  it('sends what answers nothing with the next that answers', () => {
    const sent: string[][] = []
    const shard = createShard(2)
    const run: ShardPort['run'] = (operations) => {
      sent.push(operations.map(({ kind }) => kind))
      return shard.run(operations)
    }
    const space = shardedSpace([{ ...shard, run }])
    const vector = space.create()
    space.copy(0, vector)
    space.combine(Float64Array.of(2), [vector], 1, vector)
    void space.measure(vector, vector, new Float64Array(2))
    expect(space.flush()).toBeUndefined()
    expect(sent).toEqual([['create', 'copy', 'combine', 'measure']])
  })

  it('names a shard that answers too few numbers', () => {
    const deaf: ShardPort = { ...createShard(2), run: () => [1] }
    expect(() => shardedSpace([createShard(2), deaf]).measure(0, 0, new Float64Array(2))).toThrow(
      'shardedSpace: shard 1 must answer 2 numbers, got 1',
    )
    expect(() => shardedSpace([])).toThrow('shardedSpace: shards must be at least one, got none')
  })
})
