import { sequence } from '@thalweg/testing'
import { describe, expect, it } from 'vitest'
import {
  adagrad,
  adam,
  createOptimizer,
  momentum,
  nesterov,
  type Optimizer,
  RuleError,
  rmsprop,
  sgd,
} from '../index.ts'

// Blocks of the CS231n notes and slides, as they stand there.
const sgdBlock = 'w = w - learningrate * gradient'

const momentumBlock = `velocity = 0
velocity = momentum * velocity - learningrate * gradient
w = w + velocity`

const nesterovBlock = `old_velocity = velocity
velocity = momentum * velocity - learningrate * gradient
w = w + (-momentum) * old_velocity + (1 - (-momentum)) * velocity`

const adagradBlock = `gradient_squared = 0
for t in range(iterations):
    gradient_squared += gradient * gradient
    w += -learning_rate * gradient / (np.sqrt(gradient_squared) + eps)`

const rmspropBlock = `gradient_squared = 0
for t in range(iterations):
    gradient_squared = decay_rate * gradient_squared + (1 - decay_rate) * gradient**2
    w += -learning_rate * gradient / (np.sqrt(gradient_squared) + eps)`

const almostAdamBlock = `first_moment, second_moment = 0, 0
for t in range(1, num_iterations):
    first_moment = beta1 * first_moment + (1 - beta1) * gradient
    second_moment = beta2 * second_moment + (1 - beta2) * gradient * gradient
    w -= learning_rate * first_moment / (np.sqrt(second_moment) + eps)`

const adamBlock = `first_moment, second_moment = 0, 0
for t in range(1, num_iterations):
    first_moment = beta1 * first_moment + (1 - beta1) * gradient
    second_moment = beta2 * second_moment + (1 - beta2) * gradient * gradient
    first_unbias = first_moment / (1 - beta1 ** t)
    second_unbias = second_moment / (1 - beta2 ** t)
    w -= learning_rate * first_unbias / (np.sqrt(second_unbias) + eps)`

const rate = { learningRate: 0.05 }
const moments = { ...rate, beta1: 0.9, beta2: 0.99, epsilon: 1e-3 }

const blocks: readonly (readonly [string, string, Readonly<Record<string, number>>, Optimizer])[] = [
  ['sgd', sgdBlock, rate, sgd(rate)],
  ['momentum', momentumBlock, { ...rate, momentum: 0.9 }, momentum({ ...rate, momentum: 0.9 })],
  ['nesterov', nesterovBlock, { ...rate, momentum: 0.9 }, nesterov({ ...rate, momentum: 0.9 })],
  ['adagrad', adagradBlock, { ...rate, epsilon: 1e-3 }, adagrad({ ...rate, epsilon: 1e-3 })],
  [
    'rmsprop',
    rmspropBlock,
    { ...rate, decay: 0.9, epsilon: 1e-3 },
    rmsprop({ ...rate, decay: 0.9, epsilon: 1e-3 }),
  ],
  ['adam, almost', almostAdamBlock, moments, adam({ ...moments, biasCorrection: false })],
  ['adam', adamBlock, moments, adam(moments)],
]

/** Where an optimizer goes in 30 steps over changing gradients, with another rate from the twelfth to the twentieth. */
function path(optimizer: Optimizer): Float64Array[] {
  const x = sequence(37, 8)
  const state = optimizer.init(x)
  return Array.from({ length: 30 }, (_, step) => {
    const overrides = step >= 11 && step < 20 ? { learningRate: 0.02 + step / 1000 } : undefined
    optimizer.step(x, sequence(37, 100 + step), state, overrides)
    return Float64Array.from(x)
  })
}

function expectSamePath(optimizer: Optimizer, builtIn: Optimizer): void {
  const expected = path(builtIn)
  for (const [step, x] of path(optimizer).entries()) {
    for (const [index, value] of x.entries()) {
      const bound = 1e-13 * Math.max(1, Math.abs(expected[step][index]))
      expect(Math.abs(value - expected[step][index]), `step ${step + 1}`).toBeLessThanOrEqual(bound)
    }
  }
}

describe('a block of the notes is the built-in optimizer', () => {
  it.each(blocks)('%s', (_name, rule, hyperparameters, builtIn) => {
    expectSamePath(createOptimizer({ name: 'rule', rule, hyperparameters }), builtIn)
  })
})

describe('layout means nothing', () => {
  const changes: readonly (readonly [string, (text: string) => string])[] = [
    ['tabs', (text) => text.replaceAll('    ', '\t')],
    ['tabs and spaces', (text) => text.replaceAll(/\n */g, '\n \t  ')],
    ['no indentation', (text) => text.replaceAll(/\n */g, '\n')],
    ['Windows line ends', (text) => text.replaceAll('\n', '\r\n')],
    ['blank lines', (text) => `\n\n${text.replaceAll('\n', '\n\n   \n')}\n\n`],
    ['trailing spaces', (text) => text.replaceAll(/(\n|$)/g, ' \t $1')],
    ['comments', (text) => `# the rule – «Δw = −η∇f» 🙂\n${text.replaceAll(/(\n|$)/g, '  # η → ∞ )) "$1')}`],
    ['spaces of a web page', (text) => `\ufeff${text.replaceAll(' ', '\u00a0')}`],
    ['no spaces around operators', (text) => text.replaceAll(/ ([-+*/=]+) /g, '$1')],
    ['the loop on one line with its first statement', (text) => text.replace(/:\n */, ': ')],
  ]

  describe.each(changes)('%s', (_change, change) => {
    it.each(blocks)('%s', (_name, rule, hyperparameters, builtIn) => {
      expectSamePath(createOptimizer({ name: 'rule', rule: change(rule), hyperparameters }), builtIn)
    })
  })
})

describe('other names of the parameter and its gradient', () => {
  it.each([
    ['cache += dx**2\nx += - learning_rate * dx / (np.sqrt(cache) + eps)', 1, 10, 'dx'],
    ['w -= learning_rate * dw', 1, 22, 'dw'],
    ['w = theta - learning_rate * g', 1, 5, 'theta'],
    ['w = x - learning_rate * g', 1, 5, 'x'],
    ['w = params - learning_rate * g', 1, 5, 'params'],
    ['w = w - learning_rate * grad', 1, 25, 'grad'],
    ['w = w - learning_rate * gradients', 1, 25, 'gradients'],
  ])('%j', (rule, line, column, found) => {
    const refused = refusal(rule)
    expect(refused).toMatchObject({ line, column, found })
    expect(refused.message).toContain(`unknown name "${found}"`)
    expect(refused.expected).toMatch(/; the parameter is called w, its gradient g$/)
  })

  it('tells what w is called where another name moves instead', () => {
    expect(refusal('x -= learning_rate * g').expected).toBe(
      'an update of w: the parameter is called w, its gradient g',
    )
  })

  it('does not explain names that nobody uses for them', () => {
    expect(refusal('w -= learning_rate * velocty').expected).toBe('one of w, gradient, t, learningRate, eps')
  })
})

function refusal(rule: string): RuleError {
  try {
    createOptimizer({ name: 'rule', rule, hyperparameters: { learningRate: 0.1, eps: 1e-8 } })
  } catch (error) {
    if (error instanceof RuleError) return error
    throw error
  }
  throw new Error(`accepted: ${rule}`)
}
