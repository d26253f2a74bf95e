import { describe, expect, it } from 'vitest'
import {
  adafactor,
  adamw,
  asgd,
  chain,
  clipByGlobalNorm,
  createOptimizer,
  type Group,
  grouped,
  momentum,
  type Optimizer,
  rprop,
  sgd,
} from './index.ts'

/** One step of size 1 from 1 for every name, all gradients 1. */
function stepped(optimizer: Optimizer, names: readonly string[]): Record<string, number> {
  const all = (value: number) => Object.fromEntries(names.map((name) => [name, Float64Array.of(value)]))
  const w = all(1)
  optimizer.step(w, all(1), optimizer.init(w))
  return Object.fromEntries(Object.entries(w).map(([name, [value]]) => [name, value]))
}

const rate = { learningRate: 0.5 }

describe('which tensors a group has', () => {
  const names = ['a.bias', 'a.weight', 'b.bias', 'bias', 'a+bias']
  it.each<[readonly string[], readonly string[]]>([
    [['bias'], ['bias']],
    [['*.bias'], ['a.bias', 'b.bias']],
    [['a.*'], ['a.bias', 'a.weight']],
    [['*bias'], ['a.bias', 'b.bias', 'bias', 'a+bias']],
    [['a+bias'], ['a+bias']],
    [['*'], names],
    [['a', 'bia?'], []],
    [
      ['b.bias', 'a.weight'],
      ['a.weight', 'b.bias'],
    ],
  ])('%j', (tensors, expected) => {
    const values = stepped(grouped(sgd(rate), [{ tensors, frozen: true }]), names)
    expect(names.filter((name) => values[name] === 1)).toEqual(expected)
  })
})

describe('groups', () => {
  it('multiply the rate', () => {
    const optimizer = grouped(sgd(rate), [{ tensors: ['a'], learningRateFactor: 0.25 }])
    expect(stepped(optimizer, ['a', 'b'])).toEqual({ a: 0.875, b: 0.5 })
  })

  it('multiply the scheduled rate too', () => {
    const optimizer = grouped(sgd(rate), [{ tensors: ['a'], learningRateFactor: 0.25 }])
    const w = { a: Float64Array.of(1), b: Float64Array.of(1) }
    optimizer.step(w, { a: Float64Array.of(1), b: Float64Array.of(1) }, optimizer.init(w), {
      learningRate: 1,
    })
    expect([w.a[0], w.b[0]]).toEqual([0.75, 0])
  })

  it.each<[string, Optimizer]>([
    ['of a state that begins with it (asgd)', asgd(rate)],
    ['of step sizes that begin with it (rprop)', rprop(rate)],
    [
      'spelled in another way',
      createOptimizer({ name: 'rule', rule: 'w -= lr * g', hyperparameters: { lr: 0.5 } }),
    ],
  ])('multiply the rate %s', (_name, optimizer) => {
    const { a, b } = stepped(grouped(optimizer, [{ tensors: ['a'], learningRateFactor: 0.5 }]), ['a', 'b'])
    expect((1 - a) / (1 - b)).toBeCloseTo(0.5, 3)
  })

  it('leave the decay out, of rules spelled in another way too', () => {
    const text = createOptimizer({
      name: 'rule',
      rule: 'w -= lr * (g + weight_decay * w)',
      hyperparameters: { lr: 0.5, weight_decay: 0.5 },
    })
    for (const optimizer of [sgd({ ...rate, weightDecay: 0.5 }), text]) {
      const { a, b } = stepped(grouped(optimizer, [{ tensors: ['a'], decay: false }]), ['a', 'b'])
      expect([a, b]).toEqual([0.5, 0.25])
    }
  })

  it('win over those before them, each in what it says', () => {
    const groups: readonly Group[] = [
      { tensors: ['*'], frozen: true, learningRateFactor: 0.5 },
      { tensors: ['a', 'b'], frozen: false },
      { tensors: ['b'], learningRateFactor: 2 },
    ]
    const expected = { a: 0.75, b: 0, c: 1 }
    expect(stepped(grouped(sgd(rate), groups), ['a', 'b', 'c'])).toEqual(expected)
    const [first, ...others] = groups
    expect(stepped(grouped(grouped(sgd(rate), [first]), others), ['a', 'b', 'c'])).toEqual(expected)
  })

  it('keep frozen tensors out of state, norm and gradients', () => {
    const optimizer = grouped(chain(clipByGlobalNorm(1, { epsilon: 0 }), momentum(rate)), [
      { tensors: ['still'], frozen: true },
    ])
    const w = { still: Float64Array.of(1), moving: Float64Array.of(1, 1) }
    const state = optimizer.init(w)
    expect(Object.keys(state.tensors)).toEqual(['moving'])
    optimizer.step(w, { moving: Float64Array.of(3, 4) }, state)
    expect(w).toEqual({ still: Float64Array.of(1), moving: Float64Array.of(1 - 0.5 * 0.6, 1 - 0.5 * 0.8) })
    optimizer.step(w, { still: Float64Array.of(Number.NaN), moving: Float64Array.of(0, 0) }, state)
    expect(w.still[0]).toBe(1)
    expect(w.moving.every(Number.isFinite)).toBe(true)
    expect(Object.keys(optimizer.save(state).tensors)).toEqual(['moving'])
  })

  it('may freeze everything', () => {
    expect(stepped(grouped(adamw(), [{ tensors: ['*'], frozen: true }]), ['a'])).toEqual({ a: 1 })
  })

  it('refuse a factor below 0, and optimizers that are no rule', () => {
    expect(() => grouped(sgd(), [{ tensors: ['a'], learningRateFactor: -1 }])).toThrow(
      'sgd: learningRateFactor must be in [0, ∞), got -1',
    )
    expect(() => grouped(adafactor(), [])).toThrow('adafactor is no rule, and takes no groups')
  })

  it('make an optimizer one that looks at tensors', () => {
    expect(sgd().perTensor).toBe(false)
    expect(grouped(sgd(), [{ tensors: ['a'], decay: false }]).perTensor).toBe(true)
  })
})
