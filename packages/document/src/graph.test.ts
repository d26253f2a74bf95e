import { describe, expect, it } from 'vitest'
import {
  type DocumentFault,
  type ExpandedRun,
  type Expansion,
  expand,
  memberName,
  runSchema,
} from './index.ts'

const run = { dataset: { name: 'spirals' }, optimizer: { name: 'adam' } }
const student = { run: { model: { name: 'mlp', hidden: [5] }, epochs: 3 } }

function expansion(more: object): Expansion {
  return expand({ name: 'x', run, ...more })
}

function runs(more: object): readonly ExpandedRun[] {
  const expanded = expansion(more)
  if (!expanded.ok) throw new Error(JSON.stringify(expanded.faults))
  return expanded.runs
}

/** Places and messages of what is wrong. */
function faults(more: object): readonly string[] {
  const expanded = expansion(more)
  return expanded.ok
    ? []
    : expanded.faults.map(({ pointer, message }: DocumentFault) => `${pointer}: ${message}`)
}

const outline = (expanded: readonly ExpandedRun[]) =>
  expanded.map(({ role, dependsOn, document }) => [role, document.seed, ...dependsOn])

describe('the graph', () => {
  it('is no graph without an ensemble', () => {
    expect(outline(runs({ seeds: [4, 5] }))).toEqual([
      ['run', 4],
      ['run', 5],
    ])
  })

  it('has the members first, then their combination, the student and its baseline', () => {
    const graph = runs({
      vary: { 'optimizer.learningRate': [0.1, 0.2] },
      seeds: [7, 8],
      ensemble: {},
      distill: student,
    })
    expect(outline(graph)).toEqual([
      ['member', 7],
      ['member', 8],
      ['member', 7],
      ['member', 8],
      ['ensemble', 7, 0, 1, 2, 3],
      ['student', 7, 4],
      ['baseline', 7],
    ])
    expect(graph.map(({ variation }) => variation['optimizer.learningRate'])).toEqual([
      0.1,
      0.1,
      0.2,
      0.2,
      undefined,
      undefined,
      undefined,
    ])
    const [member, , , , ensemble, learner, baseline] = graph.map(({ document }) => document)
    expect(ensemble.ensemble).toEqual({ combine: 'probabilities', select: { name: 'all' } })
    expect(learner.distill).toEqual({ temperature: 4, hardWeight: 0.5 })
    const { distill: _, ...withoutTeacher } = learner
    expect(baseline).toEqual(withoutTeacher)
    expect([learner.model, learner.epochs, member.epochs]).toEqual([
      { name: 'mlp', hidden: [5], activation: 'relu', init: { name: 'he' } },
      3,
      10,
    ])
    expect(graph.map(({ document }) => document.evaluation.scores)).toEqual([
      true,
      true,
      true,
      true,
      undefined,
      true,
      true,
    ])
  })

  it('is made of complete run documents', () => {
    const averaging = { name: 'ema' }
    for (const members of [{ from: 'folds' }, { from: 'snapshots' }, { from: 'best', count: 1 }]) {
      const distill = { ...student, transfer: { without: [1] }, biasCorrection: true, labelSmoothing: 0.1 }
      for (const { document } of runs({ run: { ...run, averaging }, ensemble: { members }, distill })) {
        expect(runSchema.parse(document)).toEqual(document)
      }
    }
  })

  it('gives all the samples of the first seed, or of the seed that the data set names', () => {
    const dataSeeds = (dataset: object) =>
      runs({ run: { ...run, dataset }, seeds: [7, 8], ensemble: {}, distill: student }).map(
        ({ document }) => document.dataset.seed,
      )
    expect(dataSeeds({ name: 'moons' })).toEqual([7, 7, 7, 7, 7])
    expect(dataSeeds({ name: 'moons', seed: 3 })).toEqual([3, 3, 3, 3, 3])
    expect(runs({ seeds: [7, 8] }).map(({ document }) => document.dataset.seed)).toEqual([
      undefined,
      undefined,
    ])
  })

  it('makes a member of each fold, and combines them on the whole set', () => {
    const graph = runs({ ensemble: { members: { from: 'folds', count: 3 } } })
    expect(graph.map(({ document }) => document.dataset.fold)).toEqual([
      { index: 0, count: 3 },
      { index: 1, count: 3 },
      { index: 2, count: 3 },
      undefined,
    ])
    expect(graph.map(memberName).slice(0, 3)).toEqual(['seed 1, fold 1', 'seed 1, fold 2', 'seed 1, fold 3'])
  })

  it('makes one run of snapshots', () => {
    const graph = runs({ ensemble: { members: { from: 'snapshots', cycles: 4 }, minMembers: 3 } })
    expect(graph.map(({ document }) => document.snapshots)).toEqual([{ cycles: 4 }, undefined])
    expect(graph[1].document.ensemble).toEqual({
      combine: 'probabilities',
      select: { name: 'all' },
      minMembers: 3,
    })
  })

  it('chooses the best among all', () => {
    const graph = runs({ seeds: [1, 2, 3], ensemble: { members: { from: 'best', count: 2 } } })
    expect(outline(graph).at(-1)).toEqual(['ensemble', 1, 0, 1, 2])
    expect(graph[3].document.ensemble).toMatchObject({ count: 2, metric: 'validation.loss' })
  })

  it('fills in how members are selected', () => {
    const [, ensemble] = runs({ ensemble: { select: { name: 'greedy', bags: 7 } } })
    expect(ensemble.document.ensemble?.select).toEqual({
      name: 'greedy',
      metric: 'negativeLogLikelihood',
      bags: 7,
      bagFraction: 0.5,
      initialCount: 'best',
      maxAdditions: 100,
      patience: 5,
      seed: 0,
    })
  })

  it('leaves the same classes out for the student and its baseline, and corrects both', () => {
    const distill = { ...student, hardWeight: 0, transfer: { without: [2] }, biasCorrection: true }
    const [, ensemble, learner, baseline] = runs({ ensemble: {}, distill }).map(({ document }) => document)
    expect([ensemble, learner, baseline].map(({ transfer }) => transfer)).toEqual([
      undefined,
      { without: [2] },
      { without: [2] },
    ])
    expect(learner.distill).toEqual({ temperature: 4, hardWeight: 0, biasCorrection: true })
    expect(baseline.distill).toEqual({ temperature: 4, hardWeight: 1, biasCorrection: true })
  })

  it('has no baseline where none is wanted', () => {
    const graph = runs({ ensemble: {}, distill: { ...student, baseline: false } })
    expect(graph.map(({ role }) => role)).toEqual(['member', 'ensemble', 'student'])
  })

  it('lays the student over the run alone, not over what varies', () => {
    const bare = { dataset: run.dataset }
    const vary = { optimizer: [{ name: 'sgd' }, { name: 'adam' }] }
    expect(faults({ run: bare, vary, ensemble: {}, distill: student })).toEqual([
      expect.stringMatching(/^\/distill\/run\/optimizer: /),
    ])
    const distill = { run: { ...student.run, optimizer: { name: 'lion' } } }
    expect(runs({ run: bare, vary, ensemble: {}, distill })[3].document.optimizer.name).toBe('lion')
  })
})

describe('names of members', () => {
  it('tell what varies, the seed and the fold', () => {
    const graph = runs({ vary: { batchSize: [8] }, ensemble: { members: { from: 'folds', count: 2 } } })
    expect(memberName(graph[1])).toBe('batchSize=8, seed 1, fold 2')
  })
})

const probabilities = (loss: string) =>
  `the models of an ensemble, and its student, need "softmaxCrossEntropy": ${loss} gives no probabilities`
const noValidation = { ...run, dataset: { name: 'csv', file: 'a.csv', validation: 0, test: 0.2 } }
const moons = { ...run, dataset: { name: 'moons' } }
const sameSamples =
  'the members of an ensemble must have the same samples: else some were trained on what it is measured on'
const wantsValidation = 'the data set has no validation part, on which to choose'

describe('faults of the graph', () => {
  it.each<[string, object, readonly string[]]>([
    [
      'a student without teacher',
      { distill: student },
      ['/distill: needs an "ensemble" to learn from; of one member it is a teacher'],
    ],
    [
      'a student without model',
      { ensemble: {}, distill: { run: {} } },
      ["/distill/run/model: names the student's model"],
    ],
    [
      'a seed of the student',
      { ensemble: {}, distill: { run: { ...student.run, seed: 2 } } },
      ['/distill/run/seed: seeds are given by "seeds"'],
    ],
    [
      'an ensemble inside the run',
      { run: { ...run, ensemble: {} } },
      ['/run/ensemble: is given by "ensemble", beside "run"'],
    ],
    [
      'an ensemble that varies',
      { vary: { 'ensemble.combine': ['vote'] } },
      ['/vary/ensemble.combine: cannot be varied: it stands beside "run"'],
    ],
    [
      'members from nowhere',
      { ensemble: { members: { from: 'luck' } } },
      ['/ensemble/members/from: expected { "from": "seeds" | "folds" | "snapshots" | "best" }'],
    ],
    [
      'members without probabilities',
      { run: { ...run, loss: { name: 'hinge' } }, ensemble: {} },
      [`/run/loss: ${probabilities('hinge')}`],
    ],
    [
      'one of several without probabilities',
      { vary: { loss: [{ name: 'softmaxCrossEntropy' }, { name: 'hinge' }] }, ensemble: {} },
      [`/vary/loss/1: ${probabilities('hinge')}`],
    ],
    [
      'a student without probabilities',
      { ensemble: {}, distill: { run: { ...student.run, loss: { name: 'meanSquaredError' } } } },
      [`/distill/run/loss: ${probabilities('meanSquaredError')}`],
    ],
    [
      'snapshots of several runs',
      { seeds: [1, 2], ensemble: { members: { from: 'snapshots' } } },
      ['/ensemble/members: snapshots are taken of one run; "vary" and "seeds" make 2'],
    ],
    [
      'members that are snapshots of a scheduled run',
      {
        run: { ...run, schedule: { name: 'cosine', steps: 5 } },
        ensemble: { members: { from: 'snapshots' } },
      },
      ['/run/schedule: snapshots have a schedule of their own; leave it out'],
    ],
    [
      'members that are snapshots of a run without rate',
      { run: { ...run, optimizer: { name: 'lbfgs' } }, ensemble: { members: { from: 'snapshots' } } },
      ['/ensemble/members: lbfgs has no learning rate that could fall in cycles'],
    ],
    [
      'a student of too many characters',
      { ensemble: {}, distill: { run: { ...student.run, schedules: { a: 'x'.repeat(40_000) } } } },
      ['/distill/run: at most 32768 characters of JSON'],
    ],
    [
      'snapshots of a scheduled run',
      { run: { ...run, snapshots: { cycles: 2 }, schedule: { name: 'cosine', steps: 5 } } },
      ['/run/schedule: snapshots have a schedule of their own; leave it out'],
    ],
    [
      'snapshots of a run that may stop',
      { run: { ...run, snapshots: { cycles: 2 }, earlyStopping: {} } },
      ['/run/earlyStopping: would cut the cycles of snapshots; leave it out'],
    ],
    [
      'a mean of quasi-Newton steps',
      { run: { ...run, optimizer: { name: 'lbfgs' }, averaging: { name: 'ema' } } },
      ['/run/averaging: the steps of lbfgs are no noisy iterates to average'],
    ],
    [
      'cycles of a rate that is not there',
      { run: { ...run, optimizer: { name: 'lbfgs' }, snapshots: { cycles: 2 } } },
      ['/run/snapshots: lbfgs has no learning rate that could fall in cycles'],
    ],
    [
      'folds of a streamed set',
      {
        run: { ...run, dataset: { name: 'mnist', validation: 5, streaming: true } },
        ensemble: { members: { from: 'folds' } },
      },
      ['/ensemble/members: a streamed data set has no folds; leave "streaming" out'],
    ],
    [
      'more best runs than runs',
      { ensemble: { members: { from: 'best', count: 2 } } },
      ['/ensemble/members/count: must be at most 1, the runs to choose from'],
    ],
    [
      'more members than there are',
      { ensemble: { minMembers: 2 } },
      ['/ensemble/minMembers: must be at most 1, the members that there are'],
    ],
    [
      'weights of predictions',
      { ensemble: { combine: 'weights', select: { name: 'greedy' } } },
      ['/ensemble/select: is for predictions; "greedyWeights" chooses among weights'],
    ],
    [
      'weights of unlike models',
      {
        vary: { 'model.hidden': [[3], [4]] },
        run: { ...run, model: { name: 'mlp' } },
        ensemble: { combine: 'weights' },
      },
      ['/ensemble/combine: the members differ in their model: they have no weights in common'],
    ],
    [
      'a soup chosen on nothing',
      { run: noValidation, ensemble: { combine: 'greedyWeights' } },
      [`/ensemble/combine: ${wantsValidation}`],
    ],
    [
      'members chosen on nothing',
      { run: noValidation, ensemble: { select: { name: 'greedy' } } },
      [`/ensemble/select: ${wantsValidation}`],
    ],
    [
      'nothing to measure on',
      { run: { ...run, dataset: { name: 'moons', validation: 0 } }, ensemble: {} },
      ['/ensemble: the data set has neither a validation nor a test part to measure it on'],
    ],
    [
      'a correction of nothing',
      { ensemble: {}, distill: { ...student, biasCorrection: true } },
      ['/distill/biasCorrection: is for a transfer set that lacks classes: give "transfer"'],
    ],
    [
      'classes twice',
      { ensemble: {}, distill: { ...student, transfer: { without: [1, 1] } } },
      ['/distill/transfer/without: classes repeat'],
    ],
    [
      'members of other samples',
      { vary: { 'dataset.seed': [1, 2], 'dataset.preprocess': [[], ['standardize']] }, ensemble: {} },
      [`/vary/dataset.seed: ${sameSamples}`],
    ],
    [
      'members cut by hand',
      {
        run: { ...run, dataset: { name: 'moons', fold: { count: 2, index: 0 } } },
        vary: { 'dataset.fold.index': [0, 1] },
        ensemble: {},
      },
      [`/vary/dataset.fold.index: ${sameSamples}`],
    ],
    [
      'folds of a fold',
      {
        run: { ...run, dataset: { name: 'moons', fold: { index: 0, count: 2 } } },
        ensemble: { members: { from: 'folds' } },
      },
      ['/run/dataset/fold: the members have folds of their own; leave "dataset.fold" out'],
    ],
    [
      'a student of other samples',
      {
        run: { ...run, dataset: { name: 'moons', seed: 5 } },
        ensemble: {},
        distill: { run: { ...student.run, dataset: { name: 'moons', preprocess: ['standardize'] } } },
      },
      [
        '/distill/run/dataset: the student must be measured on the samples of the ensemble: only "preprocess", "streaming" and "train" may differ',
      ],
    ],
    [
      'classes that there are not',
      { run: moons, ensemble: {}, distill: { ...student, transfer: { without: [0, 2] } } },
      ['/distill/transfer/without/1: must be in [0, 2), got 2'],
    ],
    [
      'no class left',
      { run: moons, ensemble: {}, distill: { ...student, transfer: { without: [0, 1] } } },
      ['/distill/transfer/without: leaves none of the 2 classes'],
    ],
    [
      'weights of unlike precision and preprocessing',
      {
        vary: { precision: ['f32', 'f64'], 'dataset.preprocess': [[], ['standardize']] },
        ensemble: { combine: 'weights' },
      },
      [
        '/ensemble/combine: the members differ in their precision: their weights have no mean',
        '/ensemble/combine: the members differ in "dataset.preprocess": no one model takes what each was trained on',
      ],
    ],
    [
      'votes chosen by probabilities',
      { ensemble: { combine: 'vote', select: { name: 'greedy' } } },
      [
        '/ensemble/select: chooses by the mean of the probabilities; with "combine": "vote" what it chose may be worse than a member',
      ],
    ],
    [
      'a fold that is none',
      { run: { ...run, dataset: { name: 'moons', fold: { index: 2, count: 2 } } } },
      ['/run/dataset/fold/index: must be below count'],
    ],
  ])('%s', (_, more, expected) => {
    expect(faults(more)).toEqual(expected)
  })

  it('counts what comes beside the members', () => {
    const seeds = Array.from({ length: 998 }, (_, index) => index)
    expect(faults({ seeds, ensemble: {}, distill: student })).toEqual([
      '/vary: the document expands into 1001 runs; at most 1000',
    ])
    expect(runs({ seeds, ensemble: {}, distill: { ...student, baseline: false } })).toHaveLength(1000)
  })
})
