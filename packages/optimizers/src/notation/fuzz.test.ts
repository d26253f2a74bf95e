import { sequence } from '@thalweg/testing'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { defineRule, type Optimizer, optimizerDefinitions, RuleError } from '../index.ts'
import type { Vector } from '../runtime/tensors.ts'
import { interpret, interpretedTensors } from './interpret.ts'
import { parse } from './parse.ts'

// Whatever the text: an optimizer that steps as the interpreter does, or an error that shows the place.

const builtIn = Object.values(optimizerDefinitions).flatMap(({ rule, conventions }) => [
  rule,
  ...conventions.map((form) => form.rule),
])
const notes = [
  'velocity = momentum * velocity - learningrate * gradient\nw = w + velocity',
  'gradient_squared = 0\nfor t in range(iterations):\n\tgradient_squared += gradient * gradient\n\tw += -learning_rate * gradient / (np.sqrt(gradient_squared) + eps)',
  'm, v = 0, 0\nfor t in range(1, n):\n  m = beta1 * m + (1 - beta1) * g\n  v = beta2 * v + (1 - beta2) * g * g\n  w -= lr * m / (np.sqrt(v) + eps)\n',
  'm = v = 0',
  'v = 0.5\nu = g / norm(g - mean(g))\nv = where(dot(u, w) > 0, v, norm(v - u))\nw -= lr * v * globalNorm(w)',
]
const bases = [...builtIn, ...notes].filter((text) => text.trim() !== '')

const prototypeNames = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf']
const numbers = ['0', '2', '0.5', '-1', '1e-8', '1e999', '1e-320', '0x10', '1_000', '..', '.', '1.e5', '.5.']
const words = [
  ...['w', 'g', 'gradient', 't', 'lr', 'beta1', 'eps', 'zero', 'v', 'v_old', 'np', 'np.', 'for', 'in'],
  ...['+', '-', '*', '/', '**', '=', '+=', '-=', '*=', '/=', '<', '<=', '>', '>=', '==', '!=', ':', ','],
  ...['(', ')', '\n', '\n', '\t', '\r\n', '#', ';', '%', '"', '\\', '\u2212', 'é', '🙂', '\ud800', '\0'],
  ...['sqrt(', 'where(', 'sign(', 'pow(', 'exp(', 'log(', 'max(', 'sum(', 'norm(', 'dot(', 'mean('],
  ...['globalNorm(', 'w -= lr * g\n', 'v = v + g\n', 'for t in range(3):\n'],
  ...numbers,
  ...prototypeNames,
  ...prototypeNames.map((name) => `${name}(g)`),
]

const soup = fc
  .tuple(fc.array(fc.constantFrom(...words), { maxLength: 40 }), fc.constantFrom('', ' '))
  .map(([parts, separator]) => parts.join(separator))

const mutation = fc.record({
  kind: fc.constantFrom(
    ...['delete', 'duplicate', 'swap', 'truncate', 'insert', 'rename', 'line'],
    ...['alike', 'alike', 'alike', 'alike', 'alike'],
  ),
  at: fc.nat(1000),
  count: fc.integer({ min: 1, max: 6 }),
  word: fc.constantFrom(...words),
})

/** Words that may stand for one another: rules remain rules. */
const alike: readonly (readonly string[])[] = [
  ['+', '-', '*', '/', '**'],
  ['=', '+=', '-=', '*=', '/='],
  ['<', '<=', '>', '>=', '==', '!='],
  ['sqrt', 'abs', 'sign', 'exp', 'log', 'sum', 'mean', 'norm', 'globalNorm'],
  ['min', 'max', 'pow', 'dot'],
  ['0', '1', '2', '8', '0.5', '1e999', '1e-320', '.5'],
]

/** Another word of the kind; a name becomes another name of the text. */
function likeOf(word: string, parts: readonly string[], at: number): string {
  const others = alike.find((each) => each.includes(word)) ?? [...parts, ...prototypeNames].filter(isName)
  return isName(word) || others.includes(word) ? others[at % others.length] : word
}

function isName(word: string): boolean {
  return /^[a-zA-Z_]/.test(word)
}

/** Changes a text by its words, so that some of the results are still rules. */
const mutant = fc
  .tuple(fc.constantFrom(...bases), fc.array(mutation, { minLength: 1, maxLength: 4 }))
  .map(([base, mutations]) => {
    let parts: string[] = base.match(/\w+|\s|\*\*|[-+*/<>=!]=|[^\w\s]/g) ?? []
    for (const { kind, at, count, word } of mutations) {
      const start = at % (parts.length + 1)
      const other = (at * 7) % (parts.length + 1)
      const old = parts[start]
      if (kind === 'delete') parts.splice(start, count)
      else if (kind === 'duplicate') parts.splice(start, 0, ...parts.slice(start, start + count))
      else if (kind === 'swap') parts.splice(start, 0, ...parts.splice(other, count))
      else if (kind === 'truncate') parts.length = Math.max(start, parts.length - 20)
      else if (kind === 'insert') parts.splice(start, 0, word)
      else if (kind === 'line') parts = moved(parts, at, count)
      else if (old === undefined || old.trim() === '') continue
      else if (kind === 'alike') parts[start] = likeOf(old, parts, at)
      else if (isName(old)) parts = parts.map((part) => (part === old ? likeOf(old, parts, at) : part))
    }
    return parts.join('')
  })

/** Moves a line elsewhere. */
function moved(parts: readonly string[], at: number, count: number): string[] {
  const lines = parts.join('').split('\n')
  const [line = ''] = lines.splice(at % lines.length, 1)
  lines.splice((at + count) % (lines.length + 1), 0, line)
  return lines.join('\n').match(/\w+|\s|\*\*|[-+*/<>=!]=|[^\w\s]/g) ?? []
}

const deep = fc
  .tuple(
    fc.constantFrom('(', '-', '- -', '2**', 'sqrt(', 'norm(g*', 'where(g>0,w,', 'pow(2,', 'sign(', '(g-('),
    fc.integer({ min: 1, max: 400 }),
    fc.integer({ min: -1, max: 1 }),
    fc.integer({ min: 1, max: 20 }),
  )
  .map(([open, depth, extra, lines]) => {
    const closed = ')'.repeat(Math.max(0, depth * (open.match(/\(/g) ?? []).length + extra))
    return `a = w\n${`a = ${open.repeat(depth)}a${closed}\n`.repeat(lines)}w -= lr * a`
  })

const long = fc
  .tuple(
    fc.constantFrom(
      'g + ',
      'norm(g)*',
      'g**8-',
      '(a)',
      'a = a*a+g\n',
      'a = a/norm(a)\n',
      'a',
      '\n',
      '# \n',
      ' ',
    ),
    fc.integer({ min: 1, max: 2000 }),
    fc.constantFrom('', 'a = g\n', 'a = t\n', 'w -= '),
    fc.constantFrom('\nw -= a*g', 'g', '', ' $', '\nw -= q'),
  )
  .map(([piece, count, before, after]) => before + piece.repeat(count) + after)

const anything = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme', maxLength: 60 }))

/** The names of all built-in rules, and those that every object has. */
const values: Readonly<Record<string, number>> = Object.fromEntries([
  ...Object.values(optimizerDefinitions).flatMap(({ hyperparameters }) =>
    hyperparameters.map((each) => [each.name, Number(each.default) || 0.01] as const),
  ),
  ['zero', 0],
])
const strange: Readonly<Record<string, number>> = Object.fromEntries(
  ['learningRate', ...prototypeNames].map((name, index) => [name, index / 8] as const),
)

it.each([
  ['mutated rules', mutant, 5500],
  ['words in any order', soup, 2500],
  ['any characters', anything, 1000],
  ['deep nesting', deep, 500],
  ['long lines', long, 500],
] as const)(
  '%s',
  (_name, texts, numRuns) => {
    const inputs = fc.tuple(texts, fc.constantFrom(values, values, values, strange))
    fc.assert(
      fc.property(inputs, ([text, hyperparameters]) => check(text, hyperparameters)),
      { numRuns, seed: 20_251 },
    )
  },
  60_000,
)

function check(rule: string, hyperparameters: Readonly<Record<string, number>>): void {
  let optimizer: Optimizer
  try {
    optimizer = defineRule({ name: 'rule', source: 'a test', hyperparameters, ranges: {}, rule })(
      hyperparameters,
    )
  } catch (error) {
    if (!(error instanceof RuleError)) throw error
    expectPlace(error, rule)
    return
  }
  step(optimizer, Float32Array)
  const w = step(optimizer, Float64Array)
  const [expected, shaken] = [0, 1e-13].map((noise) => interpreted(rule, hyperparameters, noise))
  if (expected === undefined || shaken === undefined) return
  const scale = Math.max(1, ...expected.map(Math.abs))
  for (const [index, value] of expected.entries()) {
    // Where rounding decides, two ways of rounding differ.
    if (Math.abs(shaken[index] - value) > 1e-10 * scale) continue
    if (!(Math.abs(w[index] - value) <= 1e-9 * scale)) {
      throw new Error(`compiled to ${w.join(' ')}, interpreted as ${expected.join(' ')}`)
    }
  }
}

const [length, steps] = [7, 2]

/** Where two steps lead. */
function step(optimizer: Optimizer, vectors: { from(values: Float64Array): Vector }): Vector {
  const w = vectors.from(sequence(length, 1))
  const state = optimizer.init(w)
  for (let at = 0; at < steps; at++) optimizer.step(w, vectors.from(sequence(length, 10 + at)), state)
  return w
}

/** Where the same two steps lead by the interpreter; undefined if anything on the way was not finite. */
function interpreted(
  text: string,
  hyperparameters: Readonly<Record<string, number>>,
  noise: number,
): Float64Array | undefined {
  const shaken = (seed: number): Float64Array => {
    const by = sequence(length, seed + 1000)
    return sequence(length, seed).map((value, index) => value * (1 + noise * by[index]))
  }
  const [tensor] = interpretedTensors([shaken(1)])
  const rule = parse(text)
  for (let at = 0; at < steps; at++) {
    interpret({ rule, hyperparameters }, [tensor], [shaken(10 + at)], at + 1)
    for (const value of tensor.names.values()) {
      const all = typeof value === 'number' ? [value] : [...value]
      if (!all.every(Number.isFinite)) return undefined
    }
  }
  const w = tensor.names.get('w')
  return typeof w === 'number' ? undefined : w
}

/** The place lies in the text, and the message shows it above its caret. */
function expectPlace({ line, column, expected, message }: RuleError, text: string): void {
  const lines = text.split('\n')
  const inside = line >= 1 && line <= lines.length && column >= 1 && column <= lines[line - 1].length + 1
  if (!inside) throw new Error(`no place of the text: line ${line}, column ${column}`)
  expect(expected).not.toBe('')
  const [shown, caret] = message.split('\n').slice(-2)
  expect(caret).toMatch(/^\s*\^$/)
  expect((shown[caret.length - 1] ?? '').trim()).toBe((lines[line - 1][column - 1] ?? '').trim())
}
