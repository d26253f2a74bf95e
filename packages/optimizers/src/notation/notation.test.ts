import { sequence } from '@thalweg/testing'
import { describe, expect, it } from 'vitest'
import { defineRule, RuleError } from '../index.ts'
import { interpret, interpretedTensors } from './interpret.ts'
import { lower } from './lower.ts'
import { parse } from './parse.ts'

const known = ['learningRate', 'momentum', 'decay', 'epsilon']

function understand(text: string) {
  return lower([{ label: 'test', rule: parse(text), hyperparameters: known }])
}

function failure(text: string): RuleError {
  try {
    understand(text)
  } catch (error) {
    if (error instanceof RuleError) return error
    throw error
  }
  throw new Error(`accepted: ${text}`)
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
    ['\n\n  w = g\r\n', [3]],
  ])('%j', (rule, expected) => {
    expect(step(rule, [5], [3])).toEqual(expected)
  })

  it('knows one name by its spellings', () => {
    const rule = 'w = learningRate + learning_rate + learningrate + lr + 0 * g'
    expect(step(rule, [0], [0], { learningRate: 0.25 })).toEqual([1])
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

describe('errors: line, column, what stands there and what was expected', () => {
  it.each([
    [
      'w = v',
      1,
      5,
      'unknown name "v"; expected one of w, gradient, t, learningRate, momentum, decay, epsilon',
    ],
    ['w -= lr * g\nw -= momntum * g', 2, 6, 'unknown name "momntum"; expected one of'],
    [
      'cache = 0\nw += -lr * g / (sqrt((1 - decay) * g**2) + eps)',
      1,
      1,
      'the state "cache" is never written',
    ],
    [
      'w = g ** g',
      1,
      7,
      'the exponent of a vector must be known; expected a whole number from 1 to 8, or 0.5',
    ],
    ['w = g ** 9', 1, 7, 'the exponent of a vector must be known'],
    ['w = g ** -1', 1, 7, 'the exponent of a vector must be known'],
    ['v = g', 1, 1, 'the rule never changes w; expected an update of w'],
    [
      'w = sqr(g)',
      1,
      5,
      'unknown function "sqr"; expected one of sqrt, abs, sign, exp, log, min, max, pow, where, sum, mean',
    ],
    ['w = sqrt(g, 1)', 1, 5, 'sqrt has 2 arguments; expected 1'],
    ['w = g**lr', 1, 6, 'the exponent of a vector must be known; expected a whole number from 1 to 8'],
    ['w = g * mean(lr)', 1, 14, 'mean of a number; expected a vector'],
    ['w = where(g, 1, 2)', 1, 11, 'the first argument of where is not a condition'],
    ['w = g > 0', 1, 7, 'a comparison is not a number; expected where(condition, a, b)'],
    ['w = (g', 1, 7, 'unexpected end of line; expected ")"'],
    ['w = g g', 1, 7, 'unexpected "g"; expected an operator or the end of the line'],
    ['w = g $ 2', 1, 7, 'unexpected character "$"'],
    ['w = ', 1, 5, 'unexpected end of line; expected a name, a number or "("'],
    ['w', 1, 2, 'unexpected end of line; expected "=", "+=", "-=", "*=" or "/="'],
    ['lr = 2 * g\nw -= lr', 1, 1, '"lr" cannot be assigned: it is a hyper-parameter'],
    ['t = g\nw -= t', 1, 1, '"t" cannot be assigned: it is the step'],
    ['a, b = g\nw = a', 1, 6, '2 names take 1 values'],
    ['w = 0\nw -= g', 1, 1, '"w" has no initial value; expected one initial value for each state'],
    ['v = 0\nv = 1\nv = v + g\nw -= v', 2, 1, '"v" has two initial values'],
    ['lr = 0.1\nw -= lr * g', 1, 1, '"lr" cannot be assigned: it is a hyper-parameter'],
    ['for t in range(9):\n s = 0\n s += g\n w -= s', 2, 2, '"s" starts again at every step'],
    ['w -= g\nfor t in range(3):\n w -= g', 1, 1, 'this line would run once, not at every step'],
    ['for t in range(3):\n w -= g\nfor t in range(3):\n w -= g', 3, 5, 'unexpected "t"'],
    ['', 1, 1, 'unexpected end of line; expected an update of w'],
    [
      `w = ${'('.repeat(100)}g${')'.repeat(100)}`,
      1,
      70,
      'the expression nests too deeply; expected at most 64 levels',
    ],
  ])('%j', (rule, line, column, message) => {
    const error = failure(rule)
    expect(error.message).toContain(message)
    expect({ line: error.line, column: error.column }).toEqual({ line, column })
  })

  it('shows the line with a caret under the place', () => {
    expect(failure('w -= lr * g\nw -= momntum * g').message.split('\n').slice(1)).toEqual([
      'w -= momntum * g',
      '     ^',
    ])
  })
})

// Texts cut, doubled and stirred from real ones. Whatever comes: a program, or an error with a place.
it('any text is read or refused with a place (seed 1, 3000 texts)', () => {
  const pieces = [
    'w',
    'g',
    ' ',
    '\n',
    '+=',
    '-',
    '**',
    '(',
    ')',
    '0.5',
    'sqrt',
    'where',
    ',',
    '>',
    'lr',
    't',
    '=',
    'np.',
    'for',
    'é',
    '1e',
    'v',
    '/',
  ]
  const rule = 'v = 0\nv = decay * v + (1 - decay) * g**2\nw += -lr * g / (sqrt(v) + eps)\n'
  const random = sequence(3000 * 8, 1)
  let position = 0
  const below = (count: number): number => Math.floor(((random[position++ % random.length] + 1) / 2) * count)
  for (let round = 0; round < 3000; round++) {
    let text = rule
    for (let change = 0; change < 3; change++) {
      const at = below(text.length)
      text = text.slice(0, at) + pieces[below(pieces.length)] + text.slice(at + below(6))
    }
    try {
      understand(text)
    } catch (error) {
      if (!(error instanceof RuleError)) throw new Error(`${JSON.stringify(text)} threw ${String(error)}`)
      const lines = text.split('\n')
      expect(error.line, JSON.stringify(text)).toBeGreaterThanOrEqual(1)
      expect(error.line, JSON.stringify(text)).toBeLessThanOrEqual(lines.length)
      expect(error.column, JSON.stringify(text)).toBeLessThanOrEqual(lines[error.line - 1].length + 1)
    }
  }
})

it('a rule that is too long, or keeps too much, is refused', () => {
  expect(failure(`w -= ${'g + '.repeat(1000)}g`)).toMatchObject({ line: 1, column: 3002 })
  const lines = Array.from({ length: 40 }, (_, index) => `s${'x'.repeat(index)} += g`)
  const error = failure([...lines, 'w -= g'].join('\n'))
  expect(error.message).toContain('the rule keeps 40 states; expected at most 32')
  expect(error.line).toBe(33)
})

it.each([
  [['g'], 'the hyper-parameter "g" is another name of the gradient'],
  [['t'], 'the hyper-parameter "t" is another name of the step'],
  [['w'], 'the hyper-parameter "w" is another name of the parameter'],
  [['learningRate', 'lr'], 'the hyper-parameter "lr" is another name of "learningRate"'],
])('hyper-parameters %j are refused', (names, message) => {
  const link = { label: 'test', rule: parse('w -= g'), hyperparameters: names }
  expect(() => lower([link])).toThrow(message)
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
