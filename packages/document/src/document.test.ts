import { optimizerDefinitions } from '@thalweg/optimizers'
import { scheduleDefinitions } from '@thalweg/schedulers'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type DocumentFault, type ExpandedRun, expand, runSchema } from './index.ts'

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
      optimizer: {
        name: 'adam',
        convention: 'cs231n',
        learningRate: 1e-3,
        beta1: 0.9,
        beta2: 0.999,
        epsilon: 1e-8,
        biasCorrection: true,
        weightDecay: 0,
      },
      schedule: { name: 'constant' },
      batchSize: 32,
      epochs: 10,
      loss: { name: 'softmaxCrossEntropy' },
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
    const adam = (learningRate: number) => expect.objectContaining({ name: 'adam', learningRate })
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
    expect(document.optimizer).toEqual({
      name: 'sgd',
      convention: 'cs231n',
      learningRate: 1e-2,
      weightDecay: 0,
    })
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
    ({ name, hyperparameters, conventions }) => {
      const [{ document }] = runs({ name: 'x', run: { ...run, optimizer: { name } } })
      const defaults = Object.fromEntries(hyperparameters.map((each) => [each.name, each.default]))
      const [own] = conventions
      expect(document.optimizer).toEqual({ name, ...(own && { convention: own.name }), ...defaults })
      for (const form of conventions) {
        const optimizer = { name, convention: form.name }
        const [{ document: formed }] = runs({ name: 'x', run: { ...run, optimizer } })
        expect(formed.optimizer).toEqual({ ...optimizer, ...form.defaults })
      }
    },
  )

  it('keeps schedules inside schedules, and of other hyper-parameters, as they are', () => {
    const following = { name: 'cosine', final: 1e-5, steps: 90 }
    // biome-ignore lint/suspicious/noThenProperty: what follows the warm-up.
    const schedule = { name: 'warmup', steps: 10, then: following }
    const schedules = { beta1: { name: 'linear', final: 0.99, steps: 100 } }
    const [{ document }] = runs({ name: 'x', run: { ...run, schedule, schedules } })
    expect(document).toMatchObject({ schedule, schedules })
    const varied = runs({
      name: 'x',
      run: { ...run, schedule },
      vary: {
        'schedule.then': [following, { name: 'inverseSqrt' }],
        'schedules.beta2': [{ name: 'constant' }],
      },
    })
    expect(varied.map((each) => each.document)).toMatchObject([
      { schedule, schedules: { beta2: { name: 'constant' } } },
      // biome-ignore lint/suspicious/noThenProperty: what follows the warm-up.
      { schedule: { ...schedule, then: { name: 'inverseSqrt', every: 1 } } },
    ])
    const overRule = { name: 'rule', rule: 'w -= rate * g', hyperparameters: { rate: 0 } }
    const rateOfRule = { rate: { name: 'linear', final: 0.1, steps: 9 } }
    const [ruled] = runs({ name: 'x', run: { ...run, optimizer: overRule, schedules: rateOfRule } })
    expect(ruled.document).toMatchObject({ schedules: rateOfRule })
  })

  it('describes schedules as JSON Schema that contains itself', () => {
    const { properties, required, $defs } = z.toJSONSchema(runSchema, { io: 'input' })
    expect(properties).toMatchObject({
      schedule: { $ref: '#/$defs/Schedule' },
      schedules: { additionalProperties: { $ref: '#/$defs/Schedule' } },
    })
    expect(required).toEqual(['dataset', 'optimizer', 'seed'])
    const { oneOf = [] } = $defs?.Schedule ?? {}
    expect(oneOf.length).toBe(Object.keys(scheduleDefinitions).length)
    expect(JSON.stringify(oneOf)).toContain('"then":{"$ref":"#/$defs/Schedule"}')
  })

  it.each(Object.values(scheduleDefinitions))('names schedule $name', ({ name, parameters }) => {
    const required = Object.entries(parameters).flatMap(([key, parameter]): [string, unknown][] => {
      if (parameter.kind === 'numbers') return [[key, [10]]]
      if (parameter.kind === 'schedule') return [[key, { name: 'linear', steps: 9 }]]
      if (parameter.kind === 'schedules') return [[key, [{ name: 'constant' }, { name: 'cosine', steps: 9 }]]]
      if (parameter.base || parameter.optional || parameter.default !== undefined) return []
      return [[key, parameter.integer ? 10 : 1e-4]]
    })
    const schedule = { name, ...Object.fromEntries(required) }
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
      `unknown optimizer "adm"; there are: ${[...Object.keys(optimizerDefinitions), 'lbfgs', 'onlineLbfgs', 'sfo', 'rule'].join(', ')}`,
    ],
    [
      'schedule',
      { ...run, schedule: { name: 'cosin' } },
      `unknown schedule "cosin"; there are: ${Object.keys(scheduleDefinitions).join(', ')}`,
    ],
    [
      'dataset',
      { ...run, dataset: { name: 'minst' } },
      'unknown dataset "minst"; there are: spirals, moons, blobs, glyphs, mnist, cifar10, csv',
    ],
    ['model', { ...run, model: { name: 'cnn' } }, 'unknown model "cnn"; there are: mlp, network'],
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
    [
      'a parameter of a schedule inside another',
      { schedule: { name: 'scale', factor: 2, schedule: { name: 'cosine', steps: 0 } } },
      [['/run/schedule/schedule/steps', 'Too small: expected number to be >=1']],
    ],
    [
      'a name of a schedule inside a list',
      { schedule: { name: 'join', boundaries: [], schedules: [{ name: 'line', steps: 3 }] } },
      [['/run/schedule/schedules/0/name', 'unknown schedule "line"; there are: ']],
    ],
    [
      'parameters of a schedule that do not go together',
      { schedule: { name: 'join', boundaries: [4, 4], schedules: Array(3).fill({ name: 'constant' }) } },
      [['/run/schedule', 'join: boundaries must rise, got 4 after 4']],
    ],
    [
      'a schedule that is too deep',
      {
        schedule: Array(400)
          .fill(0)
          .reduce((schedule) => ({ name: 'scale', factor: 1, schedule }), {}),
      },
      [['/run/schedule', 'schedules may be 8 deep, got more']],
    ],
    [
      'a schedule of too many parts',
      { schedule: { name: 'join', boundaries: [], schedules: Array(40).fill({ name: 'constant' }) } },
      [['/run/schedule', 'a schedule may have 32 parts, got more']],
    ],
    [
      'a schedule of no hyper-parameter',
      { schedules: { momentum: { name: 'linear', steps: 9 } } },
      [
        [
          '/run/schedules/momentum',
          'unknown hyper-parameter "momentum"; there are: learningRate, beta1, beta2, epsilon',
        ],
      ],
    ],
    [
      'a second schedule of the learning rate',
      { schedules: { learningRate: { name: 'linear', steps: 9 } } },
      [['/run/schedules/learningRate', 'the learning rate follows "schedule"']],
    ],
    [
      'a schedule that leaves the range',
      { schedules: { beta1: { name: 'linear', final: 1, steps: 90 }, beta2: { name: 'cosine', steps: 5 } } },
      [['/run/schedules/beta1', 'is 1 at step 127: Too big: expected number to be <1']],
    ],
    [
      'a schedule out of range, beside one whose parameters do not go together',
      {
        schedules: { beta1: { name: 'linear', final: -1, steps: 9 } },
        schedule: { name: 'cyclic', low: 1, up: 3 },
      },
      [
        ['/run/schedules/beta1/final', 'Too small: expected number to be >=0'],
        ['/run/schedule', 'cyclic: low must be at most high, 0.001, got 1'],
      ],
    ],
    [
      'a schedule over a rate that is no base',
      {
        optimizer: { name: 'rule', rule: 'w += lr * g', hyperparameters: { lr: -0.1 } },
        schedule: { name: 'scale', factor: 1, schedule: { name: 'cosine', steps: 3 } },
      },
      [['/run/schedule', 'needs "initial", "peak" or "high": the optimizer\'s rate is -0.1']],
    ],
  ])('%s', (_name, part, expected) => {
    const found = faults({ name: 'x', run: { ...run, ...part } })
    expect(found.map(({ pointer }) => pointer).sort()).toEqual(expected.map(([pointer]) => pointer).sort())
    for (const [pointer, message] of expected) {
      expect(found.find((fault) => fault.pointer === pointer)?.message).toContain(message)
    }
  })

  it('in a varied schedule, far too deep, are found before it is read', () => {
    const deep = Array(1000)
      .fill(0)
      .reduce((schedule) => ({ name: 'scale', factor: 1, schedule }), {})
    expect(faults({ name: 'x', run, vary: { schedule: [deep] } })).toEqual([
      { pointer: '/vary/schedule/0', code: 'custom', message: 'schedules may be 8 deep, got more' },
    ])
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
