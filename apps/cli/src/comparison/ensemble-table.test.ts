import type { ExperimentReport } from '@thalweg/client'
import picocolors from 'picocolors'
import { describe, expect, it } from 'vitest'
import { ensembleTable } from './ensemble-table.ts'

type Scores = NonNullable<ExperimentReport['ensemble']['scores']['test']>

const scores = (loss: Scores['loss'], accuracy: number): Scores => ({
  loss,
  accuracy,
  brier: 0.125,
  calibrationError: 0.02,
})
const entry = (run: string) => ({ run, state: 'succeeded' as const, scores: {} })

function lines(report: ExperimentReport): readonly string[] {
  return ensembleTable(report, picocolors.createColors(false)).trimEnd().split('\n')
}

describe('the table of an ensemble', () => {
  it('has a row for each model, on the test samples where there are some', () => {
    const member = (name: string, weight: number, accuracy: number) => ({
      ...entry(name),
      name,
      model: 'model.safetensors',
      weight,
      scores: { validation: scores(9, 0), test: scores(0.5, accuracy) },
      predictionTimeMs: 1.5,
    })
    expect(
      lines({
        members: [member('seed 1', 0.75, 0.8), member('seed 2', 0.25, 0.85)],
        meanMember: { scores: { test: scores(0.5, 0.825) }, predictionTimeMs: 1.5 },
        ensemble: { ...entry('e'), scores: { test: scores(0.25, 0.9) }, predictionTimeMs: 3 },
        student: { ...entry('s'), scores: { test: scores(0.3, 0.875) }, predictionTimeMs: 0.5 },
        baseline: { ...entry('b'), scores: { test: scores('Infinity', 0.8) } },
        disagreement: { validation: 0.5, test: 0.125 },
        diversity: { test: 0.0625 },
      }),
    ).toEqual([
      'ensemble (test samples)',
      'model              weight    acc.      loss  Brier  cal. err.  ms/1000  state',
      expect.stringMatching(/^─{81}$/),
      'seed 1              0.750  80.00%     0.500  0.125     0.0200     1.50  succeeded',
      'seed 2              0.250  85.00%     0.500  0.125     0.0200     1.50  succeeded',
      'mean member                82.50%     0.500  0.125     0.0200     1.50',
      'ensemble                   90.00%     0.250  0.125     0.0200     3.00  succeeded',
      'student                    87.50%     0.300  0.125     0.0200    0.500  succeeded',
      'student on labels          80.00%  Infinity  0.125     0.0200        -  succeeded',
      'two members disagree on 12.5% of the samples',
      'their mean divergence from the mean is 0.0625',
    ])
  })

  it('tells who is left out, why it failed, and what the bias of a missing class became', () => {
    const shown = lines({
      members: [
        { ...entry('a'), name: 'seed 1', model: 'snapshot2.safetensors', weight: 1 },
        {
          ...entry('b'),
          name: 'seed 2',
          state: 'failed',
          reason: 'diverged',
          leftOut: 'diverged: at step 3',
        },
      ],
      ensemble: { ...entry('e'), message: 'seed 2 is left out' },
      student: {
        ...entry('s'),
        scores: { validation: { ...scores(0.5, 0.9), classAccuracy: [1, 1, null, 0.75] } },
        biasCorrection: {
          classes: [3],
          offset: 3.5,
          frequency: 0.1,
          before: { validation: { ...scores(0.75, 0.8), classAccuracy: [1, 1, null, 0.25] } },
        },
      },
    })
    expect(shown[0]).toBe('ensemble (validation samples)')
    expect(shown.slice(3)).toEqual([
      expect.stringMatching(/^seed 1, snapshot2 +1\.000 +- +- +- +- +- {2}succeeded$/),
      expect.stringMatching(/^seed 2 +- +- +- +- +- {2}diverged, left out$/),
      expect.stringMatching(/^ensemble +- /),
      expect.stringMatching(/^student, uncorrected +80\.00% +0\.750 /),
      expect.stringMatching(/^student +90\.00% +0\.500 /),
      'seed 2 is left out: diverged: at step 3',
      'ensemble: seed 2 is left out',
      'student: 3.50 was added to the bias of class 3, predicted 10.0% of the time since',
      'of class 3 25.0% were right before, 75.0% are now',
    ])
  })

  it('shows the first of many members', () => {
    const members = Array.from({ length: 25 }, (_, index) => ({
      ...entry('r'),
      name: `seed ${index + 1}`,
      state: 'queued' as const,
    }))
    const shown = lines({ members, ensemble: { ...entry('e'), state: 'queued' } })
    expect(shown).toHaveLength(3 + 20 + 1 + 1)
    expect(shown.at(-1)).toBe('5 more members are not shown')
  })
})
