import type { TensorSeriesKey } from '@thalweg/document'
import { expect, test } from 'vitest'
import { mostTensorSeries, pointBatch } from './point-batch.ts'

const keys = Array.from({ length: mostTensorSeries + 2 }, (_, index): TensorSeriesKey => `t${index}.norm`)
const event = (step: number, names: readonly string[]) =>
  ({ type: 'metric', step, values: Object.fromEntries(names.map((name) => [name, step / 2])) }) as const

test('points are taken once, as columns', () => {
  const batch = pointBatch()
  batch.add(event(1, ['train.loss', 'a.norm']))
  batch.add(event(2, ['train.loss']))
  expect(batch.size()).toBe(3)
  expect(batch.take()).toEqual([
    { key: 'train.loss', steps: Float64Array.of(1, 2), values: Float64Array.of(0.5, 1) },
    { key: 'a.norm', steps: Float64Array.of(1), values: Float64Array.of(0.5) },
  ])
  expect([batch.size(), batch.take()]).toEqual([0, []])
  batch.add(event(3, ['a.norm']))
  expect(batch.take()).toEqual([{ key: 'a.norm', steps: Float64Array.of(3), values: Float64Array.of(1.5) }])
})

test('of too many series of tensors the first are kept, and all others', () => {
  const batch = pointBatch()
  for (const step of [1, 2]) {
    batch.add(event(step, [...keys, 'train.loss']))
    const kept = batch.take().map(({ key }) => key)
    expect(new Set(kept)).toEqual(new Set([...keys.slice(0, mostTensorSeries), 'train.loss']))
  }
  expect(batch.droppedSeries()).toBe(2)
})
