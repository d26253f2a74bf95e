import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createBreakpointHeap } from './breakpoint-heap.ts'

it('gives variables by time, equal times by variable, and the earliest time before any', () => {
  const heap = createBreakpointHeap(40)
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 0, max: 9 })), { maxLength: 40 }),
      (entries) => {
        heap.clear()
        entries.forEach(([present, time], variable) => {
          if (present) heap.add(variable, time)
        })
        const expected = entries
          .map(([present, time], variable) => ({ present, time, variable }))
          .filter(({ present }) => present)
          .sort((a, b) => a.time - b.time || a.variable - b.variable)
        expect(heap.size).toBe(expected.length)
        for (const { time, variable } of expected) {
          expect(heap.earliest()).toBe(time)
          expect(heap.pop()).toBe(variable)
        }
        expect(heap.earliest()).toBe(Infinity)
        expect(heap.pop()).toBe(-1)
      },
    ),
  )
})
