import type { RunResource } from '@thalweg/client'
import { type ExperimentDocument, expand } from '@thalweg/document'
import picocolors from 'picocolors'
import { describe, expect, it } from 'vitest'
import { fakeRun, metric } from '../../test/fake-client.ts'
import { compareVariations } from './comparison.ts'
import { comparisonTable } from './comparison-table.ts'

const optimizers = [{ name: 'sgd' }, { name: 'adam' }]

/** The experiment's runs, each changed by `change`, which gets the optimizer's name and the seed. */
function experiment(
  seeds: number[],
  change: (optimizer: string, seed: number) => Partial<RunResource>,
): { document: ExperimentDocument; runs: RunResource[] } {
  const expansion = expand({
    name: 'x',
    run: { dataset: { name: 'spirals' }, optimizer: { name: 'sgd' } },
    vary: { optimizer: optimizers },
    seeds,
  })
  if (!expansion.ok) throw new Error(JSON.stringify(expansion.faults))
  const runs = expansion.runs.map(({ document, variation }, index) =>
    fakeRun(index, {
      document,
      variation: JSON.parse(JSON.stringify(variation)),
      state: 'succeeded',
      ...change(document.optimizer.name, document.seed),
    }),
  )
  return { document: expansion.experiment, runs }
}

function table({ document, runs }: ReturnType<typeof experiment>): string[] {
  const plain = picocolors.createColors(false)
  return comparisonTable(compareVariations(runs, document), document, plain).trimEnd().split('\n')
}

describe('comparisonTable', () => {
  it('has a row per variation, marks the best and leaves out what nobody measured', () => {
    const lines = table(
      experiment([1], (optimizer) => ({
        stepsPerSecond: 2310.6,
        metrics: {
          'train.loss': metric(optimizer === 'adam' ? 0.0312 : 0.5),
          'validation.accuracy': metric(optimizer === 'adam' ? 0.983 : 0.9),
        },
      })),
    )
    expect(lines).toEqual([
      'optimizer  val. acc.   batch loss  steps/s  state',
      expect.stringMatching(/^─{53}$/),
      'sgd            90.0%        0.500     2311  succeeded',
      'adam           98.3%*      0.0312     2311  succeeded',
      '* best validation accuracy',
    ])
  })

  it('shows what the average of the weights reached beside the last ones', () => {
    const [titles = '', , row = ''] = table(
      experiment([1], () => ({
        metrics: {
          'test.loss': metric(0.5),
          'averaged.test.loss': metric(0.25),
          'averaged.test.accuracy': metric(0.9),
          'averaged.validation.loss': metric(0.375),
        },
      })),
    )
    expect(titles).toMatch(/test loss +averaged: val\. loss +averaged: test acc\. +averaged: test loss/)
    expect(row).toMatch(/ 0\.500 +0\.375 +90\.0% +0\.250 /)
    const [plain = ''] = table(experiment([1], () => ({ metrics: { 'test.loss': metric(0.5) } })))
    expect(plain).not.toMatch(/test loss/)
  })

  it('gives mean ± sample standard deviation over the seeds', () => {
    // 0.90, 0.92, 0.97: mean 2.79 / 3 = 0.93; squares 9 + 1 + 16 = 26 (1e-4); sqrt(13) = 3.606 %.
    // Losses 1, 2, 6: mean 3; squares 4 + 1 + 9 = 14; sqrt(7) = 2.646.
    const accuracies = [0.9, 0.92, 0.97]
    const losses = [1, 2, 6]
    const [titles = '', , row = ''] = table(
      experiment([0, 1, 2], (_, seed) => ({
        metrics: {
          'validation.accuracy': metric(accuracies[seed] ?? 0),
          'validation.loss': metric(losses[seed] ?? 0),
        },
      })),
    )
    expect(titles.split(/ {2,}/)).toEqual(['optimizer', 'val. acc.', 'val. loss', 'steps/s', 'n', 'state'])
    expect(row.split(/ {2,}/)).toEqual(['sgd', '93.0 ± 3.6%*', '3.00 ± 2.65', '-', '3', 'succeeded 3/3'])
  })

  it('shows what diverged and its NaN, and never calls it best', () => {
    const [, , sgd = '', adam = ''] = table(
      experiment([1], (optimizer) =>
        optimizer === 'sgd'
          ? {
              state: 'failed',
              reason: 'diverged',
              metrics: { 'train.loss': metric('NaN'), 'validation.accuracy': metric(0.99) },
            }
          : { metrics: { 'train.loss': metric('Infinity'), 'validation.accuracy': metric(0.5) } },
      ),
    )
    expect(sgd.split(/ {2,}/)).toEqual(['sgd', '99.0%', 'NaN', '-', 'diverged'])
    expect(adam.split(/ {2,}/)).toEqual(['adam', '50.0%*', 'Infinity', '-', 'succeeded'])
  })

  it('counts states, and only what ended by itself in the mean', () => {
    const [, , sgd = ''] = table(
      experiment([0, 1, 2, 3], (_, seed) => {
        const metrics = { 'train.loss': metric(seed === 3 ? 100 : 1) }
        if (seed === 0) return { state: 'failed', reason: 'diverged', metrics }
        return { state: seed === 3 ? 'cancelled' : 'succeeded', metrics }
      }),
    )
    expect(sgd.split(/ {2,}/)).toEqual([
      'sgd',
      '1.00 ± 0',
      '-',
      '3',
      'succeeded 2/4, diverged 1/4, cancelled 1/4',
    ])
  })

  it('says how soon the target was reached, and by how many', () => {
    // Steps 100 and 200: mean 150, deviation sqrt(2 * 50^2) = 70.7; times 0.5 s and 1.5 s: 1.00, 0.707.
    const target = { metric: 'validation.accuracy', atLeast: 0.9 } as const
    const { document, runs } = experiment([0, 1, 2], (optimizer, seed) =>
      optimizer === 'adam' || seed === 2
        ? {}
        : { targetStep: 100 * (1 + seed), targetTrainingMs: 1000 * (0.5 + seed) },
    )
    const aimed = runs.map((run) => ({ ...run, document: { ...run.document, target } }))
    const [titles = '', , sgd = '', adam = '', legend] = table({ document, runs: aimed })
    expect(titles.split(/ {2,}/)).toEqual(['optimizer', 'target step', 'target s', 'steps/s', 'n', 'state'])
    expect(sgd.split(/ {2,}/)).toEqual(['sgd', '150 ± 71 (2/3)', '1.00 ± 0.707', '-', '0', 'succeeded 3/3'])
    expect(adam.split(/ {2,}/).slice(0, 3)).toEqual(['adam', '-', '-'])
    expect(legend).toBe('(k/n) k of n runs reached the target; mean ± sample standard deviation over n seeds')
  })

  it('counts in passes where steps are unlike', () => {
    // Steps of 1 and of 1/20 of a pass, whose targets are reached after 30 and 7.5 passes.
    const target = { metric: 'validation.accuracy', atLeast: 0.9 } as const
    const { document, runs } = experiment([1], (optimizer) => ({
      targetStep: optimizer === 'sgd' ? 30 : 150,
      metrics: { passes: metric(optimizer === 'sgd' ? 100 : 5) },
    }))
    const aimed = runs.map((run) => ({ ...run, document: { ...run.document, target } }))
    const [titles = '', , sgd = '', adam = ''] = table({ document, runs: aimed })
    expect(titles.split(/ {2,}/).slice(0, 3)).toEqual(['optimizer', 'passes', 'target passes'])
    expect(sgd.split(/ {2,}/).slice(0, 3)).toEqual(['sgd', '100', '30'])
    expect(adam.split(/ {2,}/).slice(0, 3)).toEqual(['adam', '5', '7.5'])
  })

  it('has the axis names as titles', () => {
    const expansion = expand({
      name: 'x',
      run: { dataset: { name: 'spirals' }, optimizer: { name: 'adam' } },
      vary: { 'optimizer.learningRate': [0.001], batchSize: [8] },
    })
    if (!expansion.ok) throw new Error('unexpected')
    const runs = expansion.runs.map(({ document }) =>
      fakeRun(0, { document, variation: { 'optimizer.learningRate': 0.001, batchSize: 8 } }),
    )
    const [titles = '', , row = ''] = table({ document: expansion.experiment, runs })
    expect(titles.split(/ {2,}/)).toEqual(['optimizer', 'learningRate', 'batchSize', 'steps/s', 'state'])
    expect(row.split(/ {2,}/)).toEqual(['adam', '1e-3', '8', '-', 'queued'])
  })
})
