import { optimizerDefinitions } from '@thalweg/optimizers'
import { scheduleDefinitions } from '@thalweg/schedulers'
import { describe, expect, it } from 'vitest'
import { type DocumentFault, type ExpandedRun, expand } from './index.ts'

const run = { dataset: { name: 'spirals' }, optimizer: { name: 'adam' } }

function runs(input: unknown): readonly ExpandedRun[] {
  const expansion = expand(input)
  if (!expansion.ok) throw new Error(JSON.stringify(expansion.faults))
  return expansion.runs
}

function faults(input: unknown): readonly DocumentFault[] {
  const expansion = expand(input)
  return expansion.ok ? [] : expansion.faults
}

describe('expansion', () => {
  it('fills in every default, so that a run is described completely', () => {
    const [{ document, variation }] = runs({ name: 'one', run })
    expect(variation).toEqual({})
    expect(document).toEqual({
      dataset: {
        name: 'spirals',
        samplesPerClass: 100,
        classes: 3,
        noise: 0.2,
        validation: 0.2,
        preprocess: [],
      },
      model: { name: 'mlp', hidden: [100], activation: 'relu', init: { name: 'he' } },
      optimizer: { name: 'adam', learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
      schedule: { name: 'constant' },
      batchSize: 32,
      epochs: 10,
      sampling: 'shuffle',
      precision: 'f32',
      evaluation: {},
      seed: 1,
    })
  })

  it('crosses the axes, the first slowest, and repeats each combination with every seed', () => {
    const expanded = runs({
      name: 'cross',
      run,
      vary: { 'optimizer.learningRate': [0.1, 0.2], batchSize: [8, 16] },
      seeds: [7, 8],
    })
    const outline = expanded.map(({ document }) => [document.optimizer, document.batchSize, document.seed])
    const adam = (learningRate: number) => ({
      name: 'adam',
      learningRate,
      beta1: 0.9,
      beta2: 0.999,
      epsilon: 1e-8,
    })
    expect(outline).toEqual([
      [adam(0.1), 8, 7],
      [adam(0.1), 8, 8],
      [adam(0.1), 16, 7],
      [adam(0.1), 16, 8],
      [adam(0.2), 8, 7],
      [adam(0.2), 8, 8],
      [adam(0.2), 16, 7],
      [adam(0.2), 16, 8],
    ])
    expect(expanded[3].variation).toEqual({ 'optimizer.learningRate': 0.1, batchSize: 16 })
  })

  it('replaces the whole subtree: nothing of the old optimizer stays', () => {
    const [{ document }] = runs({
      name: 'replace',
      run: { ...run, optimizer: { name: 'adam', beta1: 0.5 } },
      vary: { optimizer: [{ name: 'sgd' }] },
    })
    expect(document.optimizer).toEqual({ name: 'sgd', learningRate: 1e-2 })
  })

  it('varies what the shared run leaves out', () => {
    const expanded = runs({
      name: 'x',
      run: { dataset: run.dataset },
      vary: { optimizer: [{ name: 'sgd' }, { name: 'adam' }] },
    })
    expect(expanded.map(({ document }) => document.optimizer.name)).toEqual(['sgd', 'adam'])
  })

  it('keeps an expanded document as it is when expanded again', () => {
    const [{ document }] = runs({ name: 'x', run: { ...run, schedule: { name: 'cosine', steps: 10 } } })
    const { seed, ...again } = document
    expect(runs({ name: 'x', run: again, seeds: [seed] })[0].document).toEqual(document)
  })

  it('varies the hyper-parameters of a rule', () => {
    const optimizer = {
      name: 'rule',
      rule: 'w -= learning_rate * g',
      hyperparameters: { learning_rate: -0.1 },
    }
    const vary = { 'optimizer.hyperparameters.learning_rate': [0, 0.1] }
    const expanded = runs({ name: 'x', run: { ...run, optimizer }, vary })
    expect(expanded.map(({ document }) => document.optimizer)).toMatchObject([
      { hyperparameters: { learning_rate: 0 } },
      { hyperparameters: { learning_rate: 0.1 } },
    ])
  })

  it.each(Object.values(optimizerDefinitions))(
    'names optimizer $name with its own defaults',
    ({ name, hyperparameters }) => {
      const [{ document }] = runs({ name: 'x', run: { ...run, optimizer: { name } } })
      const defaults = Object.fromEntries(hyperparameters.map((each) => [each.name, each.default]))
      expect(document.optimizer).toEqual({ name, ...defaults })
    },
  )

  it.each(Object.values(scheduleDefinitions))('names schedule $name', ({ name, parameters }) => {
    const required = Object.entries(parameters).filter(
      ([key, parameter]) => key !== 'initial' && parameter.default === undefined,
    )
    const schedule = { name, ...Object.fromEntries(required.map(([key]) => [key, 10])) }
    expect(runs({ name: 'x', run: { ...run, schedule } })[0].document.schedule).toMatchObject(schedule)
  })
})

describe('faults', () => {
  it('are told all at once, each with a JSON pointer', () => {
    const found = faults({
      name: '',
      sedes: [1],
      run: {
        dataset: { name: 'spirals', noise: -1 },
        optimizer: { name: 'adam', beta1: 2, beta9: 1 },
        schedule: {},
        batchSize: 0,
      },
    })
    expect(found.map((fault) => fault.pointer).sort()).toEqual([
      '/name',
      '/run/batchSize',
      '/run/dataset/noise',
      '/run/optimizer/beta1',
      '/run/optimizer/beta9',
      '/run/schedule/name',
      '/sedes',
    ])
  })

  it('inside run are told along with those around it, also where something varies', () => {
    const found = faults({
      name: 'x',
      run: { dataset: { name: 'spiral' }, epochs: '3' },
      vary: { optimizer: [{ name: 'adm' }] },
      seeds: [1, 1],
      foo: 1,
    })
    expect(found.map((fault) => fault.pointer).sort()).toEqual([
      '/foo',
      '/run/dataset/name',
      '/run/epochs',
      '/seeds',
      '/vary/optimizer/0/name',
    ])
  })

  it('are found in every value that varies, also beside a fault outside', () => {
    const found = faults({ name: '', run, vary: { 'optimizer.learningRate': [0.1, -1] } })
    expect(found.map((fault) => fault.pointer)).toEqual(['/name', '/vary/optimizer.learningRate/1'])
  })

  it('in a large document are found at once', () => {
    const axes = Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`a${index}`, [1]]))
    expect(faults({ name: 'x', run, vary: axes }).map((fault) => fault.pointer)).toContain('/vary')
    const junk = { ...run, junk: Array(100_000).fill(1) }
    const epochs = Array.from({ length: 1000 }, (_, index) => index + 1)
    expect(faults({ name: 'x', run: junk, vary: { epochs } }).map((fault) => fault.pointer)).toContain('/run')
  })

  it('says what a path looks like', () => {
    expect(faults({ name: 'x', run, vary: { 'model.hidden.0': [1] } })).toEqual([
      {
        pointer: '/vary/model.hidden.0',
        code: 'invalid_key',
        message: 'a dotted path into "run", such as optimizer.learningRate',
      },
    ])
  })

  it.each([
    [
      'optimizer',
      { ...run, optimizer: { name: 'adm' } },
      'unknown optimizer "adm"; there are: sgd, momentum, nesterov, adagrad, rmsprop, adam, rule',
    ],
    [
      'schedule',
      { ...run, schedule: { name: 'cosin' } },
      'unknown schedule "cosin"; there are: constant, stepDecay, exponentialDecay, inverseTimeDecay, cosine',
    ],
    [
      'dataset',
      { ...run, dataset: { name: 'minst' } },
      'unknown dataset "minst"; there are: spirals, moons, blobs, mnist, cifar10, csv',
    ],
    ['model', { ...run, model: { name: 'cnn' } }, 'unknown model "cnn"; there are: mlp'],
  ])('a misspelt %s is answered with the list', (what, document, message) => {
    expect(faults({ name: 'x', run: document })).toEqual([
      { pointer: `/run/${what}/name`, code: 'invalid_union', message },
    ])
  })

  it('in a varied value point into vary', () => {
    const vary = { optimizer: [{ name: 'sgd' }, { name: 'adam', beta1: 1 }] }
    expect(faults({ name: 'x', run, vary }).map((fault) => fault.pointer)).toEqual([
      '/vary/optimizer/1/beta1',
    ])
  })

  it('are not repeated for every combination', () => {
    const vary = { 'optimizer.learningRate': [0.1, 0.2], batchSize: [1, 2, 3] }
    expect(faults({ name: 'x', run: { ...run, epochs: 0 }, vary, seeds: [1, 2] })).toHaveLength(1)
  })

  it('name the place in a rule', () => {
    const optimizer = { name: 'rule', rule: 'w -= lr * g\nw -= momntum', hyperparameters: { lr: 0.1 } }
    const [fault] = faults({ name: 'x', run: { ...run, optimizer } })
    expect(fault.pointer).toBe('/run/optimizer/rule')
    expect(fault.message).toContain('line 2, column 6: unknown name "momntum"')
  })

  it.each([
    ['no run', { name: 'x' }, '/run'],
    ['an array', [], ''],
    ['null', null, ''],
    ['no dataset', { name: 'x', run: { optimizer: run.optimizer } }, '/run/dataset'],
    ['a seed beside the seeds', { name: 'x', run: { ...run, seed: 9 } }, '/run/seed'],
    ['a seed that varies', { name: 'x', run, vary: { seed: [5, 6] } }, '/vary/seed'],
    [
      'an axis inside another',
      { name: 'x', run, vary: { 'optimizer.learningRate': [0.1], optimizer: [{ name: 'sgd' }] } },
      '/vary/optimizer.learningRate',
    ],
    [
      'too many axes',
      { name: 'x', run, vary: Object.fromEntries(Array.from({ length: 9000 }, (_, i) => [`a${i}`, [1]])) },
      '/vary',
    ],
    [
      'a path that is too long',
      { name: 'x', run, vary: { [`${'a.'.repeat(20_000)}a`]: [1] } },
      `/vary/${'a.'.repeat(20_000)}a`,
    ],
    [
      'a schedule over no rate',
      {
        name: 'x',
        run: { ...run, optimizer: { name: 'rule', rule: 'w -= g' }, schedule: { name: 'cosine', steps: 9 } },
      },
      '/run/schedule',
    ],
    [
      'held out too much',
      { name: 'x', run: { ...run, dataset: { name: 'csv', file: 'a', validation: 0.6, test: 0.6 } } },
      '/run/dataset/test',
    ],
    [
      'a column by name without a header',
      { name: 'x', run: { ...run, dataset: { name: 'csv', file: 'a', header: false, labelColumn: 'y' } } },
      '/run/dataset/labelColumn',
    ],
    ['control characters in a name', { name: '\u001b[31mred', run }, '/name'],
    ['values that repeat', { name: 'x', run, vary: { batchSize: [8, 8] } }, '/vary/batchSize'],
    ['seeds that repeat', { name: 'x', run, seeds: [1, 1] }, '/seeds'],
    [
      'a path through a number',
      { name: 'x', run: { ...run, batchSize: 1 }, vary: { 'batchSize.x': [1] } },
      '/vary/batchSize.x',
    ],
    [
      'a path to a prototype',
      { name: 'x', run, vary: { 'optimizer.constructor': [1] } },
      '/vary/optimizer.constructor',
    ],
    [
      'too many runs',
      { name: 'x', run, vary: { batchSize: Array.from({ length: 600 }, (_, i) => i + 1) }, seeds: [1, 2] },
      '/vary',
    ],
    [
      'two targets at once',
      { name: 'x', run: { ...run, target: { metric: 'train.loss', atLeast: 1, atMost: 2 } } },
      '/run/target',
    ],
    [
      'an unknown metric',
      { name: 'x', run: { ...run, target: { metric: 'loss', atLeast: 1 } } },
      '/run/target/metric',
    ],
  ])('%s', (_name, input, pointer) => {
    expect(faults(input).map((fault) => fault.pointer)).toContain(pointer)
  })

  it('a __proto__ key changes no prototype', () => {
    faults(JSON.parse('{"name":"x","run":{"__proto__":{"polluted":1}},"vary":{"__proto__":[1]}}'))
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  })
})
