import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type ExpandedRun, expand, type RunDocument } from '@thalweg/document'
import { describe, expect, it } from 'vitest'
import { combineMembers, type EnsembleInput, type TrainingArtifact } from './index.ts'
import { trained } from './trained.suite.ts'

const folder = resolve(import.meta.dirname, '../../../experiments')
const dataDirectory = process.env.THALWEG_DATA

function runsOf(document: unknown): readonly ExpandedRun[] {
  const expansion = expand(document)
  if (!expansion.ok) throw new Error(JSON.stringify(expansion.faults))
  return expansion.runs
}

interface Result {
  readonly document: RunDocument
  readonly artifacts: readonly TrainingArtifact[]
  readonly values: Readonly<Record<string, number>>
}

/** Runs the graph of an experiment in the order of its expansion. */
async function results(
  runs: readonly ExpandedRun[],
): Promise<readonly (Result & Pick<ExpandedRun, 'role'>)[]> {
  const done: (Result & Pick<ExpandedRun, 'role'>)[] = []
  for (const { document, role, dependsOn } of runs) {
    if (role === 'ensemble') {
      const inputs = dependsOn.map((index): EnsembleInput => {
        const { document, artifacts: models } = done[index]
        return { name: `run ${index}`, state: 'succeeded', document, models }
      })
      const { artifacts, values } = await combineMembers(document, inputs, { dataDirectory })
      done.push({ role, document, artifacts, values })
      continue
    }
    const teacher = role === 'student' ? { teacher: done[dependsOn[0]].artifacts[0] } : {}
    const { training, events } = await trained(document, teacher)
    const values = Object.assign({}, ...events.map((event) => (event.type === 'metric' ? event.values : {})))
    done.push({ role, document, artifacts: training.artifacts(), values })
  }
  return done
}

describe.each(readdirSync(folder).filter((name) => name.endsWith('.json')))('%s', (name) => {
  it('is a document that expands: members before their ensemble, that before its student', () => {
    const runs = runsOf(JSON.parse(readFileSync(join(folder, name), 'utf8')))
    for (const [index, { dependsOn }] of runs.entries()) {
      for (const other of dependsOn) expect(other).toBeLessThan(index)
    }
  })
})

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length

it('drawn digits: the ensemble beats its mean member, and a student keeps some of what the ensemble gained', async () => {
  const done = await results(
    runsOf({
      name: 'drawn digits',
      run: {
        dataset: { name: 'glyphs', samplesPerClass: 40, noise: 0.9, validation: 0.5 },
        model: { name: 'mlp', hidden: [32] },
        optimizer: { name: 'adam', learningRate: 0.01 },
        epochs: 12,
        evaluation: { scores: true },
      },
      seeds: [1, 2, 3, 4, 5],
      ensemble: {},
      distill: { run: { model: { name: 'mlp', hidden: [32] } }, temperature: 3, hardWeight: 0.2 },
    }),
  )
  const of = (role: string, key: string) =>
    done.filter((each) => each.role === role).map(({ values }) => values[`validation.${key}`])
  for (const score of ['loss', 'brier']) {
    const [ensemble] = of('ensemble', score)
    const members = of('member', score)
    expect(members).toHaveLength(5)
    // Jensen's inequality: always.
    expect(ensemble).toBeLessThan(mean(members))
    const [student, baseline] = [of('student', score)[0], of('baseline', score)[0]]
    expect(baseline).toBe(members[0])
    expect(student).toBeLessThan(baseline)
    expect(student).toBeGreaterThan(ensemble)
  }
  expect(of('ensemble', 'accuracy')[0]).toBeGreaterThan(mean(of('member', 'accuracy')))
})
