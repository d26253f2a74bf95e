import { describe, expect, it } from 'vitest'
import { expand, learningRateOf, quasiNewtonDefinitions } from './index.ts'

const glyphs = { name: 'glyphs' }

function expanded(run: Record<string, unknown>) {
  return expand({ name: 'x', run: { dataset: glyphs, ...run } })
}

function documentOf(run: Record<string, unknown>) {
  const expansion = expanded(run)
  if (!expansion.ok) throw new Error(JSON.stringify(expansion.faults))
  return expansion.runs[0].document
}

function faultsOf(run: Record<string, unknown>): readonly (readonly [string, string])[] {
  const expansion = expanded(run)
  return expansion.ok ? [] : expansion.faults.map(({ pointer, message }) => [pointer, message])
}

it('has every default that does not depend on something', () => {
  const optimizers = (['lbfgs', 'onlineLbfgs', 'sfo'] as const).map((name) => {
    return documentOf({ optimizer: { name } }).optimizer
  })
  expect(optimizers).toEqual([
    { name: 'lbfgs', memory: 10, damping: 0 },
    { name: 'onlineLbfgs', learningRate: 0.1, memory: 10, lambda: 0 },
    { name: 'sfo', order: 'farthest', start: 'growing', update: 'bfgs', memory: 10, tolerance: 1e-6 },
  ])
  expect(optimizers.map(learningRateOf)).toEqual([undefined, { name: 'learningRate', value: 0.1 }, undefined])
})

it('takes bounds of one side, and an l1 penalty', () => {
  const bounded = { name: 'lbfgs', bounds: { lower: 0 }, tolerance: { gradient: 1e-3 } }
  expect(documentOf({ optimizer: bounded }).optimizer).toMatchObject(bounded)
  const sparse = { name: 'lbfgs', l1: { strength: 0.1 }, lineSearch: 'backtracking' }
  expect(documentOf({ optimizer: sparse }).optimizer).toMatchObject(sparse)
})

describe('is refused with a pointer and a reason:', () => {
  const lbfgs = { name: 'lbfgs' }
  const noL1 = { bounds: { lower: 2, upper: 1 } }
  const l1 = { strength: 1 }
  const dropout = { name: 'dropout' }
  const network = (layers: readonly unknown[]) => ({ name: 'network', layers })
  it.each([
    [
      'bounds that leave nothing',
      { optimizer: { ...lbfgs, ...noL1 } },
      '/run/optimizer/bounds/upper',
      'lower, 2',
    ],
    ['bounds and l1', { optimizer: { ...lbfgs, bounds: {}, l1 } }, '/run/optimizer/l1', 'exclude each other'],
    [
      'damping and l1',
      { optimizer: { ...lbfgs, damping: 0.2, l1 } },
      '/run/optimizer/damping',
      'nor with l1',
    ],
    [
      'a line search that needs slopes, and l1',
      { optimizer: { ...lbfgs, lineSearch: 'more-thuente', l1 } },
      '/run/optimizer/lineSearch',
      'must be backtracking',
    ],
    [
      'dropout',
      { optimizer: lbfgs, model: network([{ name: 'dense', units: 3 }, dropout]) },
      '/run/model/layers/1',
      'lbfgs needs a loss that is the same every time; dropout draws new masks',
    ],
    [
      'batch normalisation inside a residual layer',
      { optimizer: { name: 'sfo' }, model: network([{ name: 'residual', layers: [{ name: 'batchNorm' }] }]) },
      '/run/model/layers/0/layers/0',
      'sfo needs a loss that is the same every time; batchNorm',
    ],
    [
      'augmentation',
      { optimizer: lbfgs, model: network([{ name: 'relu' }]), augmentation: [{ name: 'flip' }] },
      '/run/augmentation',
      'augmentation changes it',
    ],
    ['drawn samples', { optimizer: lbfgs, sampling: 'replacement' }, '/run/sampling', 'in a fixed order'],
    [
      'a schedule without a rate',
      { optimizer: lbfgs, schedule: { name: 'cosine', steps: 9 } },
      '/run/schedule',
      'no learningRate',
    ],
    [
      'a schedule of what cannot follow one',
      { optimizer: { name: 'onlineLbfgs' }, schedules: { lambda: { name: 'constant' } } },
      '/run/schedules/lambda',
      'onlineLbfgs has no hyper-parameter "lambda" that can follow a schedule',
    ],
  ])('%s', (_what, run, pointer, message) => {
    expect(faultsOf(run)).toEqual([[pointer, expect.stringContaining(message)]])
  })

  it('none of it with onlineLbfgs', () => {
    const model = network([{ name: 'batchNorm' }, dropout])
    const augmentation = [{ name: 'flip' }]
    const optimizer = { name: 'onlineLbfgs' }
    const schedule = { name: 'cosine', steps: 9 }
    expect(faultsOf({ optimizer, model, augmentation, schedule, sampling: 'replacement' })).toEqual([])
  })

  it('a dropout that drops nothing changes nothing', () => {
    expect(faultsOf({ optimizer: lbfgs, model: network([{ ...dropout, rate: 0 }]) })).toEqual([])
  })
})

it('the definitions tell options, parts of options, ranges, choices and defaults', () => {
  const [lbfgs, online, sfo] = quasiNewtonDefinitions
  const option = ({ options }: typeof lbfgs, name: string) => options.find((each) => each.name === name)
  expect(option(lbfgs, 'memory')).toMatchObject({
    default: 10,
    range: { atLeast: 0, atMost: 1000, integer: true },
  })
  expect(option(lbfgs, 'l1.strength')).toMatchObject({ range: { atLeast: 0, atMost: 1e6 } })
  expect(option(lbfgs, 'l1.strength')).not.toHaveProperty('default')
  expect(option(lbfgs, 'damping')?.range).toEqual({ atLeast: 0, lessThan: 1 })
  expect(option(online, 'learningRate')).toMatchObject({ default: 0.1, range: { greaterThan: 0 } })
  expect(option(sfo, 'order')).toMatchObject({
    default: 'farthest',
    choices: ['farthest', 'cyclic', 'random'],
  })
})
