import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addedPairwise } from './problems.suite.ts'
import { createReductionTree } from './reduction-tree.ts'

describe('createReductionTree', () => {
  const terms = fc.array(fc.double({ noNaN: true, min: -1e9, max: 1e9 }), { minLength: 1, maxLength: 70 })
  const add = (left: number, right: number): number => left + right

  it('gives the bits of the pairwise sum in any order of arrival', () => {
    const arrivals = terms.chain((values) =>
      fc.record({
        values: fc.constant(values),
        order: fc.shuffledSubarray([...values.keys()], { minLength: values.length }),
      }),
    )
    fc.assert(
      fc.property(arrivals, ({ values, order }) => {
        const tree = createReductionTree(values.length, add)
        order.forEach((index, done) => {
          expect(tree.sum).toBeUndefined()
          expect(tree.missing).toBe(values.length - done)
          expect(tree.has(index)).toBe(false)
          tree.put(index, values[index])
          expect(tree.has(index)).toBe(true)
        })
        expect(tree.sum).toBe(addedPairwise(values, add))
        expect(tree).toMatchObject({ missing: 0, waiting: 0 })
      }),
    )
  })

  it('adds the left to the right, never the right to the left', () => {
    const join = (left: string, right: string): string => `(${left}${right})`
    for (const order of ['abcde', 'edcba', 'cadbe']) {
      const tree = createReductionTree(5, join)
      for (const letter of order) tree.put('abcde'.indexOf(letter), letter)
      expect(tree.sum).toBe('(((ab)(cd))e)')
    }
  })

  it('keeps at most (w + 1) log2(count) sums waiting when w terms are late', () => {
    const orders = fc.record({
      count: fc.integer({ min: 2, max: 200 }),
      late: fc.integer({ min: 0, max: 8 }),
      draws: fc.infiniteStream(fc.nat()),
    })
    fc.assert(
      fc.property(orders, ({ count, late, draws }) => {
        const tree = createReductionTree(count, add)
        const out: number[] = []
        for (let next = 0; next < count || out.length > 0; ) {
          while (next < count && out.length <= late) out.push(next++)
          const [index] = out.splice((draws.next().value ?? 0) % out.length, 1)
          tree.put(index, 1)
          expect(tree.waiting).toBeLessThanOrEqual((late + 1) * Math.ceil(Math.log2(count)))
        }
        expect(tree.sum).toBe(count)
      }),
    )
  })

  it('refuses a term twice, and one that is none of its own', () => {
    const tree = createReductionTree(3, add)
    tree.put(1, 1)
    expect(() => tree.put(1, 1)).toThrow('createReductionTree: term 1 has come already')
    expect(() => tree.put(3, 1)).toThrow('createReductionTree: index must be a whole number in [0, 3), got 3')
  })
})
