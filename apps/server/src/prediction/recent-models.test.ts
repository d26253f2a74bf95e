import { expect, test } from 'vitest'
import { recentModels } from './recent-models.ts'

test('the model that was not used for longest goes first, when they are too many together', () => {
  const loaded: number[] = []
  const models = recentModels((data) => {
    loaded.push(data.length)
    return data.length
  }, 10)
  models.add('a', new Uint8Array(4))
  models.add('b', new Uint8Array(5))
  expect(models.get('a')).toBe(4)
  models.add('c', new Uint8Array(6))
  expect(['a', 'b', 'c'].map(models.get)).toEqual([4, undefined, 6])
  models.add('large', new Uint8Array(50))
  expect(['a', 'c', 'large'].map(models.get)).toEqual([undefined, undefined, 50])
  expect(loaded).toEqual([4, 5, 6, 50])
})
