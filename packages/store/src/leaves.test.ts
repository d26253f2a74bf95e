import { expect, it } from 'vitest'
import { leavesOf } from './leaves.ts'

it('flattens a document by dotted path', () => {
  const document = { a: { b: 1, c: { d: 'x' }, e: undefined }, f: [1, [2]], g: true, h: null, i: {} }
  expect(leavesOf(document)).toEqual([
    { key: 'a.b', num: 1, text: null },
    { key: 'a.c.d', num: null, text: 'x' },
    { key: 'f', num: null, text: '[1,[2]]' },
    { key: 'g', num: null, text: 'true' },
  ])
})
