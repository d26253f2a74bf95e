import { describe, expect, it } from 'vitest'
import { lower } from './lower.ts'
import { parse } from './parse.ts'
import { RuleError } from './rule-error.ts'

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
    ['for t in range(1, 2, 3, 4):\n w = g', 1, 23, 'unexpected ","; expected ")"'],
    ['for t in range():\n w = g', 1, 16, 'unexpected ")"; expected a name, a number or "("'],
    ['w = 1_000 * g', 1, 6, 'unexpected "_000"; expected an operator or the end of the line'],
    ['w = 0x10 * g', 1, 6, 'unexpected "x10"; expected an operator or the end of the line'],
    ['w = . * g', 1, 5, 'unexpected "."; expected a name, a number or "("'],
    ['w = toString(g)', 1, 5, 'unknown function "toString"; expected one of sqrt, abs'],
    ['w = __proto__ * g', 1, 5, 'unknown name "__proto__"; expected one of w, gradient'],
    ['w = g * sum(n)\nn = 2 * n', 1, 13, 'sum of a number; expected a vector'],
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

  it('keeps the caret under the place behind tabs, in a long line and before a Windows line end', () => {
    const shown = (text: string): string[] => failure(text).message.split('\n').slice(1)
    expect(shown('\tw\t-= q * g\r\n')).toEqual(['\tw\t-= q * g', '\t \t   ^'])
    const [line, caret] = shown(`${'w -= g '.padEnd(5000)}q${' '.repeat(5000)}* g`)
    expect(line).toHaveLength(202)
    expect(caret).toBe(`${' '.repeat(101)}^`)
    expect(line[101]).toBe('q')
  })
})

it('a rule that is too long, too deep, or keeps too much, is refused', () => {
  expect(failure(`a = g\n${`a = ${'-'.repeat(50)}a\n`.repeat(25)}w -= a`)).toMatchObject({
    line: 22,
    column: 1,
    message: expect.stringContaining('1050 operations one after the other; expected at most 1000'),
  })
  expect(failure(`a = g\n${'a = a / norm(a)\n'.repeat(100)}w -= a`).message).toContain(
    'the rule takes 101 passes over memory; expected at most 8',
  )
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
