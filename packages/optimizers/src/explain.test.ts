import { describe, expect, it } from 'vitest'
import {
  accumulate,
  adam,
  adamw,
  adaptiveClip,
  addNoise,
  chain,
  clipByGlobalNorm,
  clipByNorm,
  clipByValue,
  decoupledWeightDecay,
  emaOfWeights,
  explain,
  lamb,
  lars,
  lookahead,
  momentum,
  muon,
  type Optimizer,
  rmsprop,
  sgd,
} from './index.ts'

const moments = ['first_moment', 'second_moment']

describe('explain', () => {
  it('adam: one pass, each array read once and written once', () => {
    expect(explain(adam())).toEqual({
      passes: [{ reads: ['w', 'gradient', ...moments], writes: ['w', ...moments], sums: 0 }],
      states: moments,
      numbers: [],
      bytesPerParameter: { f32: 28, f64: 56 },
    })
    expect(explain({ name: 'adam' })).toEqual(explain(adam()))
  })

  it('sgd: three transfers, momentum: five; what a default of 0 or false leaves out costs nothing', () => {
    expect(explain(sgd()).bytesPerParameter.f32).toBe(12)
    expect(explain(momentum()).bytesPerParameter.f32).toBe(20)
    expect(explain(rmsprop()).states).toEqual(['gradient_squared'])
    expect(explain(rmsprop({ momentum: 0.9, centered: true })).states).toEqual([
      'gradient_squared',
      'average',
      'velocity',
    ])
  })

  it('value clip, adam, decay and average: still one pass', () => {
    const optimizer = chain(clipByValue(1), adam(), decoupledWeightDecay(1e-2), emaOfWeights())
    const states = [...moments, 'average']
    expect(explain(optimizer)).toEqual({
      passes: [{ reads: ['w', 'gradient', ...states], writes: ['w', ...states], sums: 0 }],
      states,
      numbers: [],
      bytesPerParameter: { f32: 36, f64: 72 },
    })
  })

  it('global norm and adam: one pass more, which only reads the gradient', () => {
    expect(explain(chain(clipByGlobalNorm(1), adam())).passes).toEqual([
      { reads: ['gradient'], writes: [], sums: 1 },
      { reads: ['w', 'gradient', ...moments], writes: ['w', ...moments], sums: 0 },
    ])
  })

  it.each<[string, Optimizer, number]>([
    ['adamw', adamw(), 1],
    ['a norm by tensor', chain(clipByNorm(1), sgd()), 2],
    ['two norms after each other', chain(clipByNorm(1), clipByGlobalNorm(1), sgd()), 3],
    ['both norms of adaptive clipping at once', chain(adaptiveClip(), momentum()), 2],
    ['lars', lars(), 2],
    ['lamb', lamb(), 2],
    ['global norm and lamb', chain(clipByGlobalNorm(1), lamb()), 3],
    ['lookahead and noise', chain(addNoise({ normal: () => 0 }), sgd(), lookahead()), 1],
  ])('%s', (_name, optimizer, passes) => {
    expect(explain(optimizer).passes).toHaveLength(passes)
  })

  it('says which states are numbers', () => {
    const { states, numbers } = explain(chain(sgd(), lookahead()))
    expect([states, numbers]).toEqual([['slow'], ['count']])
  })

  it('refuses what is no rule', () => {
    expect(() => explain(muon())).toThrow('muon is no rule over coordinates')
    expect(() => explain(accumulate(sgd(), { steps: 2 }))).toThrow(TypeError)
  })
})
