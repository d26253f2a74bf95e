import { expand } from '@thalweg/document'
import { describe, expect, it } from 'vitest'
import { fakeRun } from '../../test/fake-client.ts'
import { inDocumentOrder, runLabel } from './run-label.ts'

function labels(vary: Record<string, unknown[]>, seeds = [1]): string[] {
  const expansion = expand({
    name: 'x',
    run: { dataset: { name: 'spirals' }, model: { name: 'mlp' }, optimizer: { name: 'sgd' } },
    vary,
    seeds,
  })
  if (!expansion.ok) throw new Error(JSON.stringify(expansion.faults))
  return expansion.runs.map(({ document, variation }, index) =>
    runLabel(
      fakeRun(index, { document, variation: JSON.parse(JSON.stringify(variation)) }),
      expansion.experiment,
    ),
  )
}

describe('runLabel', () => {
  it('is one line of plain text, whatever the values hold', () => {
    const rule = (text: string) => ({ name: 'rule', rule: text, hyperparameters: {} })
    const optimizer = [rule('v += g\nw -= v'), rule('w -= g # \u001b[31mred')]
    expect(labels({ optimizer })).toEqual(['rule rule=v += g w -= v', 'rule rule=w -= g # [31mred'])
  })

  it('looks inside objects for what differs', () => {
    const rule = (lr: number) => ({ name: 'rule', rule: 'w -= lr * g', hyperparameters: { lr, mu: 0.9 } })
    expect(labels({ optimizer: [rule(0.1), rule(0.2)] })).toEqual(['rule lr=0.1', 'rule lr=0.2'])
  })

  it('is the optimizer where nothing varies', () => {
    expect(labels({})).toEqual(['sgd'])
  })

  it('is the name of what has one, and tells the seed only among several', () => {
    expect(labels({ optimizer: [{ name: 'sgd' }, { name: 'adam', learningRate: 0.01 }] })).toEqual([
      'sgd',
      'adam',
    ])
    expect(labels({ optimizer: [{ name: 'adam' }] }, [1, 2])).toEqual(['adam seed=1', 'adam seed=2'])
  })

  it('tells what differs among those of one name', () => {
    const optimizer = [
      { name: 'sgd' },
      { name: 'adam', learningRate: 0.001 },
      { name: 'adam', learningRate: 0.5 },
    ]
    expect(labels({ optimizer })).toEqual(['sgd', 'adam learningRate=1e-3', 'adam learningRate=0.5'])
  })

  it('names other values by the end of their path', () => {
    expect(labels({ 'optimizer.learningRate': [0.001], 'model.hidden': [[10, 10]] }, [1, 2])).toEqual([
      'learningRate=1e-3 hidden=[10,10] seed=1',
      'learningRate=1e-3 hidden=[10,10] seed=2',
    ])
  })
})

it('runs come in the order of the document, whatever the order of their keys', () => {
  const optimizer = [
    { name: 'sgd', learningRate: 0.1 },
    { name: 'adam', learningRate: 0.1 },
  ]
  const document = expand({
    name: 'x',
    run: { dataset: { name: 'spirals' }, optimizer: { name: 'sgd' } },
    vary: { optimizer },
    seeds: [7, 3],
  })
  if (!document.ok) throw new Error('unexpected')
  const runs = document.runs.map((run, index) =>
    fakeRun(index, {
      document: run.document,
      // As PostgreSQL may give it back.
      variation: { optimizer: { learningRate: 0.1, name: run.document.optimizer.name } },
    }),
  )
  expect(inDocumentOrder(runs.toReversed(), document.experiment)).toEqual(runs)
})
