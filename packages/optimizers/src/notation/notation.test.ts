import { sequence } from '@thalweg/testing'
import { describe, expect, it } from 'vitest'
import { defineRule } from '../index.ts'
import { interpret, interpretedTensors } from './interpret.ts'
import { lower } from './lower.ts'
import { parse } from './parse.ts'

const known = ['learningRate', 'momentum', 'decay', 'epsilon']

function understand(text: string) {
  return lower([{ label: 'test', rule: parse(text), hyperparameters: known }])
}

/** One step of a rule from w, in f64, compiled. */
function step(
  rule: string,
  w: readonly number[],
  gradient: readonly number[],
  hyperparameters: Record<string, number> = {},
) {
  const optimizer = defineRule({ name: 'test', source: 'test', hyperparameters, rule })()
  const x = Float64Array.from(w)
  optimizer.step(x, Float64Array.from(gradient), optimizer.init(x))
  return Array.from(x)
}

describe('reading', () => {
  it.each([
    ['w = -g**2', [-9]],
    ['w = -2 * g', [-6]],
    ['w = 2**3**2 * g', [512 * 3]],
    ['w = 7 - 2 - g', [2]],
    ['w = 8 / 2 / g', [4 / 3]],
    ['w = (1 + g) * 2', [8]],
    ['w = g**0.5', [Math.sqrt(3)]],
    ['w = +g', [3]],
    ['w = 1e-1 * g', [0.1 * 3]],
    ['w = .5 * g  # half', [1.5]],
    ['w /= g', [5 / 3]],
    ['w *= g', [15]],
    ['w -= g', [2]],
    ['w = np.sqrt(np.abs(-g))', [Math.sqrt(3)]],
    ['w = max(g, min(w, 10))', [5]],
    ['w = where(g > 2, w, -w)', [5]],
    ['w = where(t > 1, g, -g)', [-3]],
    ['w = sign(-g) * pow(g, 3)', [-27]],
    ['w = exp(log(2)) * g', [Math.exp(Math.log(2)) * 3]],
    ['a, b = g, w\nw = a - b', [-2]],
    ['w, x = g, w', [3]],
    ['for t in range(iterations):\n    w = g * t', [3]],
    ['w = (g +\n  1)', [4]],
    ['for t in range(1, n):\n\tw = g * t', [3]],
    ['for t in range(1, n + 1, 1): w = g * t', [3]],
    ['\n\n  w = g\r\n', [3]],
    ['\ufeff\u00a0\u2003w\u00a0=\tg\f', [3]],
  ])('%j', (rule, expected) => {
    expect(step(rule, [5], [3])).toEqual(expected)
  })

  it('knows one name by its spellings', () => {
    const rule = 'w = learningRate + learning_rate + learningrate + lr + 0 * g'
    expect(step(rule, [0], [0], { learningRate: 0.25 })).toEqual([1])
  })

  it('holds a number for a condition where it is not 0, even if f32 has none as small', () => {
    const make = defineRule({
      name: 'test',
      source: 'test',
      hyperparameters: { tiny: 1e-60 },
      rule: 'w = where(tiny, g, -g)',
    })
    const w = Float32Array.of(0)
    make().step(w, Float32Array.of(3), make().init(w))
    expect([...w]).toEqual([3])
  })

  it('tells G from g', () => {
    expect(step('G = 2 * g\nw = G + g', [0], [1])).toEqual([3])
  })
})

describe('state', () => {
  it('is what is read before it is assigned, from 0, or from its leading line', () => {
    const { states } = understand('cache = 0.5\ncache += g**2\nw -= lr * old / sqrt(cache)\nold = g')
    expect(states.map(({ name, initial, shape }) => ({ name, initial, shape }))).toEqual([
      { name: 'cache', initial: { kind: 'number', value: 0.5 }, shape: 'vector' },
      { name: 'old', initial: { kind: 'number', value: 0 }, shape: 'vector' },
    ])
  })

  it('is one number where no vector feeds it', () => {
    const { states } = understand('product = 1\nproduct *= momentum\nw -= lr * product * g')
    expect(states).toMatchObject([
      { name: 'product', initial: { kind: 'number', value: 1 }, shape: 'scalar' },
    ])
  })

  it('becomes a vector through another one', () => {
    const { states } = understand('a = 0\nb = 0\nw -= lr * b * g\nb = a\na = a + w')
    expect(states.map(({ shape }) => shape)).toEqual(['vector', 'vector'])
  })

  it('may be summed above the line that makes it a vector', () => {
    const { states } = understand('w -= lr * g * norm(v)\nv = u\nu = g')
    expect(states.map(({ shape }) => shape)).toEqual(['vector', 'vector'])
  })

  it('stays a vector if it starts as w', () => {
    const { states } = understand('v = w\nw -= lr * v\nv = t')
    expect(states).toMatchObject([{ name: 'v', shape: 'vector' }])
  })

  it('has a name of its own in a chain', () => {
    const link = { label: 'a', rule: parse('v = v + g\nw -= v'), hyperparameters: [] }
    const { states } = lower([link, link, link])
    expect(states.map(({ name }) => name)).toEqual(['v', 'a.v', 'a.a.v'])
  })

  it('a number as state lives in f64 and moves after its use', () => {
    const rule = 'product = 1\nw = product + 0 * g\nproduct *= mu'
    const optimizer = defineRule({ name: 'test', source: 'test', hyperparameters: { mu: 0.5 }, rule })()
    const w = Float32Array.of(0)
    const state = optimizer.init(w)
    const path = [1, 2, 3].map(() => {
      optimizer.step(w, Float32Array.of(0), state)
      return w[0]
    })
    expect(path).toEqual([1, 0.5, 0.25])
  })
})

describe('short rules that would take long are read, compiled and run at once', () => {
  it.each([
    ['numbers that double', `a = t\n${'a = a + a\n'.repeat(60)}w -= a * g`],
    ['signs of signs', `w -= ${'sign('.repeat(60)}g${')'.repeat(60)}`],
    [
      'shared conditions',
      `a = g\n${'a = where(a * 2 > 0, g, 1) - where(a * 2 > 0, 1, g)\n'.repeat(30)}w -= a`,
    ],
    ['a long sum', `w -= ${'g + '.repeat(700)}g`],
  ])('%s', (_name, rule) => {
    expect(step(rule, [5, 1, 2], [3, -1, 0])).toHaveLength(3)
  })
})

describe('compiled = interpreted', () => {
  it.each([
    ['sign, abs, min, max', 'm = 0.1\nm = max(min(m, abs(g)), -abs(w))\nw -= lr * sign(g) * m'],
    ['where over vectors', 'w -= lr * where(g * w > 0, g, where(g >= 0, w, -w))'],
    ['where over the step', 'v += g\nw -= where(t <= 2, lr, 2 * lr) * v'],
    [
      'an expression used twice',
      'v = decay * v + (1 - decay) * g**2\nw -= lr * g**2 / (sqrt(v) + sqrt(v) * eps + eps)',
    ],
    ['an initial value below 0', 'v = -1\nv = decay * v + g\nw -= lr * v'],
    ['an initial value as a fraction', 'v = 1 / 4\nv = decay * v + g\nw -= lr * v'],
    ['signs twice', 'w -= lr * sign(g / (abs(w) + eps)) * sign(w)'],
    ['states that swap', 'a = 1\nb = 2\na, b = b + g, a\nw -= lr * a * b'],
    ['gradient rebound', 'gradient = gradient + 0.1 * w\nv = momentum * v + gradient\nw -= lr * v'],
    ['a root of a number below 0', 'w -= lr * g * where(1 / (-0 * t) ** 0.5 < 0, 1, 2)'],
    ['only the gradient', 'w = -g'],
    ['sums over a tensor', 'w -= lr * (g - mean(g)) / (norm(g) + eps) + 0.01 * sum(w) + 0.1 * dot(w, g)'],
    ['a norm over all tensors', 'w -= lr * g * min(1, 1 / (globalNorm(g) + eps))'],
    ['a sum of what a sum made', 'u = g / norm(g)\nw -= lr * u * norm(u * w - mean(w))'],
    [
      'states before and after a sum',
      'v = momentum * v + g\nold = v\nw -= lr * v / (norm(v) + norm(old - w))',
    ],
    [
      'a state that a sum feeds',
      'scale = 1\nscale = decay * scale + (1 - decay) * norm(g)\nw -= lr * g / scale',
    ],
    ['an old state after a sum', 'old = v\nv = momentum * v + g\nw -= lr * (v - old) / (norm(v) + eps)'],
    ['exp, log and pow of vectors', 'w -= lr * exp(-abs(g)) * log(1 + w**2) * pow(abs(g) + eps, 0.3)'],
    ['a start from w', 'slow = w\nw -= lr * g\nslow += 0.5 * (w - slow)\nw = slow'],
    ['a start from a hyper-parameter', 'cache = decay\ncache += g**2\nw -= lr * g / sqrt(cache)'],
    ['a number as condition', 'w -= lr * where(momentum, g, -g)'],
    ['w left as it is', 'v = v + g\nw = w + 0 * v'],
  ])('%s', (_name, text) => {
    const values = { learningRate: 0.1, momentum: 0.9, decay: 0.99, epsilon: 1e-3 }
    const optimizer = defineRule({ name: 'test', source: 'test', hyperparameters: values, rule: text })()
    const compiled = { a: sequence(9, 4), b: sequence(5, 7) }
    const walked = interpretedTensors([compiled.a, compiled.b])
    const state = optimizer.init(compiled)
    for (let t = 0; t < 4; t++) {
      const gradient = { a: sequence(9, t), b: sequence(5, t + 10) }
      optimizer.step(compiled, gradient, state)
      interpret({ rule: parse(text), hyperparameters: values }, walked, [gradient.a, gradient.b], t + 1)
    }
    for (const [index, tensor] of [compiled.a, compiled.b].entries()) expectClose(tensor, walked[index])
  })
})

function expectClose(
  actual: Float64Array,
  { names }: { readonly names: ReadonlyMap<string, unknown> },
): void {
  const expected = names.get('w')
  if (!(expected instanceof Float64Array)) throw new Error('w is a number')
  actual.forEach((value, index) => {
    const bound = 1e-13 * Math.max(1, Math.abs(expected[index]))
    expect(Math.abs(value - expected[index])).toBeLessThanOrEqual(bound)
  })
}
