import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { dataDirectory, type Graph, runGraph } from './experiment-graph.ts'

const timeout = 120_000

type Part = 'validation' | 'test'

/** The loss and the accuracy of the mean member, the ensemble and each member. */
function scoresOf({ report }: Graph, part: Part) {
  if (report === undefined) throw new Error('the experiment has no ensemble')
  const of = (scores: typeof report.ensemble.scores) => {
    const { loss, accuracy } = scores[part] ?? { loss: Number.NaN, accuracy: Number.NaN }
    return { loss: Number(loss), accuracy: Number(accuracy) }
  }
  return {
    mean: of(report.meanMember.scores),
    ensemble: of(report.ensemble.scores),
    members: report.members.map(({ scores }) => of(scores)),
  }
}

const seedsFrom = (first: number, count: number) => Array.from({ length: count }, (_, index) => first + index)

// Small drawn digits under much noise, 144-32-10: models that are alike in skill and unlike in their errors.
const run = {
  dataset: { name: 'glyphs', samplesPerClass: 200, noise: 0.3 },
  model: { name: 'mlp', hidden: [32] },
  optimizer: { name: 'adam', learningRate: 0.01 },
  batchSize: 32,
  epochs: 10,
}

describe('many models into one, on drawn digits', () => {
  it.each([1, 11])('ten members beat the mean member, seeds from %d', { timeout }, async (first) => {
    const graph = await runGraph({ run, seeds: seedsFrom(first, 10), ensemble: {} })
    const { mean, ensemble } = scoresOf(graph, 'validation')
    expect(ensemble.accuracy - mean.accuracy).toBeGreaterThan(0.02)
    expect(ensemble.loss).toBeLessThan(0.85 * mean.loss)
  })

  it.each([1, 2, 3, 4])(
    'five snapshots of one training beat the best of them, seed %d',
    { timeout },
    async (seed) => {
      const fast = { ...run, optimizer: { name: 'adam', learningRate: 0.03 } }
      const graph = await runGraph({
        run: fast,
        seeds: [seed],
        ensemble: { members: { from: 'snapshots', cycles: 5 } },
      })
      const { ensemble, members } = scoresOf(graph, 'validation')
      expect(members).toHaveLength(5)
      expect(ensemble.loss).toBeLessThan(Math.min(...members.map(({ loss }) => loss)))
    },
  )

  it.each([1, 2, 3, 4])(
    'the moving average of the weights beats the last ones, seed %d',
    { timeout },
    async (seed) => {
      const optimizer = { name: 'momentum', learningRate: 0.1 }
      const averaging = { name: 'ema', decay: 0.99 }
      const { values } = await runGraph({
        run: { ...run, optimizer, averaging, batchSize: 16 },
        seeds: [seed],
      })
      expect(values[0]['averaged.validation.loss']).toBeLessThan(0.95 * values[0]['validation.loss'])
    },
  )

  it.each([1, 3])(
    'of two starts the probabilities may be averaged, the weights not, seeds from %d',
    { timeout },
    async (first) => {
      const deep = { ...run, model: { name: 'mlp', hidden: [32, 32, 32] } }
      const graphOf = (combine: string) =>
        runGraph({ run: deep, seeds: seedsFrom(first, 2), ensemble: { combine } })
      const [kind, collapsed] = [await graphOf('probabilities'), await graphOf('weights')]
      const { mean, ensemble } = scoresOf(kind, 'validation')
      expect(ensemble.loss).toBeLessThan(0.8 * mean.loss)
      expect(ensemble.accuracy).toBeGreaterThan(mean.accuracy)
      expect(kind.message).toBeUndefined()
      expect(scoresOf(collapsed, 'validation').ensemble.accuracy).toBeLessThan(0.5)
      expect(collapsed.message).toMatch(/^the mean of the weights is not to be trusted: .*different starts/)
    },
  )
})

// The first of the measured tables, whole: experiments/ensemble-digits.json.
describe('many models into one, on the digits set', () => {
  it.skipIf(!dataDirectory).each([1, 11])(
    'ten members beat the mean member, and their student keeps half of what they gain, seeds from %d',
    { timeout },
    async (first) => {
      const file = join(import.meta.dirname, '../../experiments/ensemble-digits.json')
      const document = JSON.parse(readFileSync(file, 'utf8'))
      const graph = await runGraph({ ...document, seeds: seedsFrom(first, 10) })
      const { mean, ensemble } = scoresOf(graph, 'test')
      expect(ensemble.accuracy).toBeGreaterThan(mean.accuracy + 0.005)
      expect(ensemble.loss).toBeLessThan(0.75 * mean.loss)
      const [student, baseline] = [graph.student, graph.baseline].map((scores) => Number(scores?.test?.loss))
      expect(baseline - student).toBeGreaterThan(0.5 * (baseline - ensemble.loss))
      expect(mean.loss - student).toBeGreaterThan(0.5 * (mean.loss - ensemble.loss))
    },
  )
})
