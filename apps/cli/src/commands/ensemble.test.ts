import { describe, expect, it } from 'vitest'
import { captureSurroundings } from '../../test/captured-surroundings.ts'
import { createFakeClient, metric } from '../../test/fake-client.ts'
import { runProgram } from '../program.ts'

const document = {
  name: 'folds of two rates',
  run: { dataset: { name: 'spirals' }, optimizer: { name: 'sgd' } },
  vary: { 'optimizer.learningRate': [0.1, 0.2] },
  ensemble: { members: { from: 'folds', count: 2 } },
  distill: { run: { model: { name: 'mlp' } }, transfer: { without: [1] } },
}

/** An experiment of an ensemble whose first member has diverged, and all others succeeded. */
async function trained() {
  const surroundings = captureSurroundings()
  const { service } = surroundings
  const { id, runs } = await createFakeClient(service).submit(document)
  service.advance = (run) =>
    run.id === runs[0]
      ? { ...run, state: 'failed', reason: 'diverged' }
      : {
          ...run,
          state: 'succeeded',
          predictionTimeMs: 2,
          // What is no member is far better, and must not count among them.
          metrics: { 'validation.accuracy': metric(run.role === 'member' ? 0.5 : 1) },
        }
  service.reports.set(id, {
    members: [],
    ensemble: { run: 'e', state: 'succeeded', message: 'one is left out', scores: {} },
  })
  return { surroundings, id, runs }
}

describe('an ensemble on the command line', () => {
  it('is shown below the comparison of its members', async () => {
    const { surroundings, id } = await trained()
    expect(await runProgram(['show', id], surroundings)).toBe(0)
    const { text } = surroundings.stdout
    expect(text).toContain('7 runs: 6 succeeded, 1 failed\n')
    expect(text).toMatch(/^sgd +0\.1 +50\.0%/m)
    expect(text).toMatch(/^sgd +0\.2 +50\.0 ± 0\.0%|^sgd +0\.2 +50\.0%/m)
    expect(text).not.toContain('100.0%')
    expect(text).toContain('ensemble (validation samples)\n')
    expect(text).toContain('ensemble: one is left out\n')
  })

  it('is part of the JSON', async () => {
    const { surroundings, id } = await trained()
    expect(await runProgram(['show', id, '--json'], surroundings)).toBe(0)
    expect(JSON.parse(surroundings.stdout.text)).toMatchObject({
      runs: [{}, {}, {}, {}, { role: 'ensemble' }, { role: 'student' }, { role: 'baseline' }],
      report: { ensemble: { message: 'one is left out' } },
    })
  })

  it('has runs that are named by what they are', async () => {
    const { surroundings } = await trained()
    for (const cursor of ['0', '2']) {
      expect(await runProgram(['runs', '--cursor', cursor], surroundings)).toBe(0)
    }
    for (const name of ['learningRate=0.2 fold=2/2', 'ensemble ', 'student ', 'baseline ']) {
      expect(surroundings.stdout.text).toContain(` ${name}`)
    }
  })

  it('tells of each run what it is to the others', async () => {
    const { surroundings, runs } = await trained()
    const shown = async (index: number) => {
      surroundings.stdout.text = ''
      expect(await runProgram(['show', runs[index] ?? ''], surroundings)).toBe(0)
      return surroundings.stdout.text
    }
    const ensemble = await shown(4)
    expect(ensemble).toContain('  role        ensemble, after 4 runs\n')
    expect(ensemble).toContain('  combining   probabilities, of all members\n')
    const student = await shown(5)
    expect(student).toContain('  role        student, after 1 run\n')
    expect(student).toContain('  distilling  temperature 4, hardWeight 0.5, without the classes 1\n')
    expect(student).toContain('  predicting  2.00 ms for 1,000 samples\n')
    expect(await shown(6)).toContain('  role        baseline\n')
  })
})
