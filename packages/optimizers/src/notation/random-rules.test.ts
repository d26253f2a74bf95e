import { sequence } from '@thalweg/testing'
import fc from 'fast-check'
import { describe, it } from 'vitest'
import { defineRule } from '../index.ts'
import { interpret, interpretedTensors } from './interpret.ts'
import { parse } from './parse.ts'

// Fractions whose sums are exact: means of equal numbers are these numbers, in whatever order they are added up.
const hyperparameters = { learningRate: 0.125, momentum: 0.75, tiny: 1e-60, zero: 0 }

const lengths = { a: 9, b: 4, c: 1 }
const names = ['a', 'b', 'c'] as const

type Tensors = Readonly<Record<(typeof names)[number], Float64Array>>

/** Three tensors of numbers in (-1, 1), each changed by `noise` of itself. */
function tensors(seed: number, noise = 0): Tensors {
  const make = (length: number, own: number): Float64Array => {
    const by = sequence(length, own + 77)
    return sequence(length, own).map((value, index) => value * (1 + noise * by[index]))
  }
  return {
    a: make(lengths.a, seed),
    b: make(lengths.b, seed + 1),
    c: make(lengths.c, seed + 2),
  }
}

const steps = 3

function compiled(rule: string, relaxedMultiplyAdd: boolean): Float64Array {
  const make = defineRule({ name: 'rule', source: 'a test', hyperparameters, ranges: {}, rule })
  const optimizer = make({}, { relaxedMultiplyAdd })
  const w = tensors(1)
  const state = optimizer.init(w)
  for (let step = 0; step < steps; step++) optimizer.step(w, tensors(10 + step), state)
  return Float64Array.from(names.flatMap((name) => [...w[name]]))
}

function interpreted(text: string, noise: number): Float64Array {
  const start = tensors(1, noise)
  const walked = interpretedTensors(names.map((name) => start[name]))
  const rule = parse(text)
  for (let step = 0; step < steps; step++) {
    const gradients = tensors(10 + step, noise)
    interpret(
      { rule, hyperparameters },
      walked,
      names.map((name) => gradients[name]),
      step + 1,
    )
  }
  return Float64Array.from(
    walked.flatMap(({ names: values }) => {
      const w = values.get('w')
      return w instanceof Float64Array ? [...w] : []
    }),
  )
}

/** Compiled in both ways of multiplying and adding, a rule does what the interpreter does. */
function expectAgreement(rule: string): void {
  const [expected, shaken] = [0, 1e-13].map((noise) => interpreted(rule, noise))
  const scale = Math.max(1, ...expected.map(Math.abs))
  for (const relaxed of [false, true]) {
    const w = compiled(rule, relaxed)
    for (const [index, value] of expected.entries()) {
      // Where rounding decides, two ways of rounding differ.
      if (!(Math.abs(shaken[index] - value) <= 1e-10 * scale)) continue
      if (Math.abs(w[index] - value) <= 1e-9 * scale) continue
      throw new Error(
        `${relaxed ? 'relaxed, ' : ''}compiled to ${w[index]}, interpreted as ${value}\n${rule}`,
      )
    }
  }
}

type Pick = <T>(from: readonly T[]) => T

/** What an expression may read. */
interface Scope {
  readonly vectors: readonly string[]
  readonly numbers: readonly string[]
}

/** A vector expression whose values stay moderate. */
function vector(pick: Pick, scope: Scope, depth: number): string {
  if (depth === 0) return pick(scope.vectors)
  const v = (): string => vector(pick, scope, depth - 1)
  const n = (): string => number(pick, scope, depth - 1)
  switch (
    pick(['name', 'sum', 'product', 'quotient', 'function', 'choice', 'power', 'scaled', 'slow'] as const)
  ) {
    case 'name':
      return pick(scope.vectors)
    case 'sum':
      return `(${v()} ${pick(['+', '-'])} ${v()})`
    case 'product':
      return `(0.5 * ${v()} * ${v()})`
    case 'quotient':
      return `(${v()} / (abs(${pick([v, n])()}) + 0.5))`
    case 'function':
      return `${pick(['abs', 'sign', '-', '-abs'])}(${v()})`
    case 'choice':
      return pick([
        () => `where(${v()} ${pick(['>', '<=', '=='])} ${v()}, ${v()}, ${n()})`,
        () => `where(${n()} ${pick(['>=', '<', '!='])} ${n()}, ${v()}, ${v()})`,
        () => `where(${n()}, ${v()}, ${v()})`,
        () => `${pick(['min', 'max'])}(${v()}, ${n()})`,
      ])()
    case 'power':
      return `max(-2, min(2, ${v()}))**${pick(['1', '2', '3', '5'])}`
    case 'scaled':
      return `(${n()} * ${v()})`
    case 'slow':
      return pick([() => `exp(-abs(${v()}))`, () => `pow(abs(${v()}) + 0.5, min(2, abs(${n()})))`])()
  }
}

/** A number: some are sums over a tensor or over all of them. */
function number(pick: Pick, scope: Scope, depth: number): string {
  const leaf = (): string => pick(['0.5', '2', 'lr', 'momentum', 'tiny', 'zero', '(1 / t)', ...scope.numbers])
  if (depth === 0) return leaf()
  const v = (): string => vector(pick, scope, depth - 1)
  const n = (): string => number(pick, scope, depth - 1)
  return pick([
    leaf,
    () => `mean(${v()})`,
    () => `(0.1 * ${pick(['norm', 'sum', 'globalNorm'])}(${v()}))`,
    () => `(0.1 * dot(${v()}, ${v()}))`,
    () => `(${n()} ${pick(['+', '-'])} ${n()})`,
    () => `(${n()} * ${n()} / (1 + abs(${n()})))`,
    () => `where(${n()} > ${n()}, ${n()}, ${n()})`,
    () => `${pick(['min', 'max'])}(${n()}, ${n()})`,
  ])()
}

/** A rule with states of all kinds, written early and late, in any order. */
function randomRule(pick: Pick): string {
  const vectorStates = ['v', 'slow', 'old'].slice(0, pick([0, 1, 2, 3]))
  const numberStates = ['n', 'scale'].slice(0, pick([0, 1, 2]))
  const lines = [
    ...vectorStates.flatMap((name) => pick([[], [`${name} = 0.5`], [`${name} = w`], [`${name} = momentum`]])),
    ...numberStates.flatMap((name) => pick([[], [`${name} = 1`], [`${name} = momentum`]])),
    // Never assigned again: what reads it is a vector for sure.
    'seen = g',
  ]
  const scope = {
    vectors: ['w', 'g', 'seen', ...vectorStates],
    numbers: [...numberStates],
  }
  const unwritten = new Set([...vectorStates, ...numberStates, 'w'])
  const write = (target: string): void => {
    unwritten.delete(target)
    if (numberStates.includes(target)) {
      lines.push(`${target} = 0.5 * ${target} + ${number(pick, scope, 2)}`)
    } else if (target === 'w') lines.push(`w -= lr * ${vector(pick, scope, 3)}`)
    else lines.push(`${target} = ${pick([`0.5 * ${target} + seen + `, 'seen + '])}${vector(pick, scope, 3)}`)
  }
  for (let line = pick([1, 2, 3, 4]); line > 0; line--) {
    const target = pick([...vectorStates, ...numberStates, 'w', 'g', 'u', 'k', 'swap'])
    if (target === 'u') {
      lines.push(`u = ${vector(pick, scope, 3)}`)
      scope.vectors.push('u')
    } else if (target === 'k') {
      lines.push(`k = ${number(pick, scope, 3)}`)
      scope.numbers.push('k')
    } else if (target === 'swap' && vectorStates.length > 1) lines.push('v, slow = slow + seen, v - seen')
    else if (target === 'g') lines.push(`gradient = seen + ${vector(pick, scope, 2)}`)
    else if (target !== 'swap') write(target)
  }
  for (const target of unwritten) write(target)
  return lines.join('\n')
}

it('random rules with sums: compiled = interpreted, over three tensors', () => {
  const upTo = (max: number) => fc.nat({ max })
  const rules = fc.gen().map((generate) => {
    return randomRule((from) => from[generate(upTo, from.length - 1)])
  })
  fc.assert(fc.property(rules, expectAgreement), { numRuns: 500, seed: 7 })
}, 60_000)

describe('rules that are hard on the order of reading and writing', () => {
  it.each([
    ['a state written early, its old value read late', 'old = v\nv = 0.9 * v + g\nw -= lr * old / norm(v)'],
    ['w read after it was written early', 'w -= lr * g\nn = norm(w)\nw += 0.1 * w / n\nv = w - v'],
    [
      'a gradient reassigned after a sum',
      'g = g / norm(g)\nw -= lr * g\ng = g - mean(w)\nw -= lr * g * norm(g)',
    ],
    ['two states with one next value', 'a = 1\nb = w\nw -= lr * (a - b) / norm(a + b + g)\na = g\nb = g'],
    ['a swap over passes', 'a = w\nb = 1\nw -= lr * a * b / (1 + norm(a - b))\na, b = b, a'],
    [
      'a cycle of three',
      'a = w\nb = 1\nc = 2\nw -= lr * a * b / (1 + norm(a - b + c * g))\na, b, c = b, c, a',
    ],
    ['a swap with w', 'a = 0.5\nw -= lr * a / norm(a - w)\na, w = w, a'],
    [
      'states fed by sums of each other',
      'a = w\nb = 1\nw -= lr * g\na, b = a - mean(b), b + g / (1 + norm(a))',
    ],
    [
      'numbers fed by sums of each other',
      'n, m = 1, 2\nn, m = 0.5 * m + norm(g), 0.5 * n\nw -= g * n * m / 100',
    ],
    ['numbers that swap', 'n, m = 1, 2\nw -= lr * g * n\nn, m = m, n'],
    ['a number before and after its sum', 'n = 1\nw -= lr * n * g\nn = norm(w)\nw -= lr * n * g'],
    ['a number of a sum as condition', 'n = 0.5\nw -= lr * where(n > norm(g), g, sign(g))\nn = norm(g)'],
    ['a sum as condition', 'w -= lr * where(dot(g, w) > 0, g, where(sum(g), 2 * g, w))'],
    ['a condition that f32 would not see', 'w -= lr * where(tiny, g, -g)'],
    ['sums of constants', 'w -= lr * (g * 0 + 1) * sum(g * 0 + 2) + mean(g * 0 + 3) + norm(0 * w + 4)'],
    ['a sum of a state that is a vector through another line', 'w -= lr * g * norm(v)\nv = g'],
    ['a sum of a state that is a vector through another state', 'w -= lr * g * dot(v, u)\nv = u + 1\nu = g'],
    ['a start from w, then numbers', 'v = w\nw -= lr * v * sum(v)\nv = t'],
    ['w a number', 'w = t + 0.1 * dot(w, g)'],
    ['w a sum', 'w = norm(w - g)'],
    ['w from nothing', 'w = 0 * t'],
    ['what a hyper-parameter of 0 leaves, in a sum', 'u = zero * w\nw -= lr * g / (1 + norm(u)) - mean(u)'],
    [
      'what a hyper-parameter of 0 chooses, in a sum',
      'u = where(zero, w, 0.5)\nw -= lr * sum(u) * g * dot(u, w)',
    ],
    ['no change of w with a hyper-parameter of 0', 'v = v + g\nw -= zero * v'],
    ['a product that was stored', 'v = 1\nv = v * g\nw = v + g * norm(g)'],
    ['a power of a sum', 'w -= lr * g * norm(g)**2 * norm(w)**0.5 * t**-1'],
    ['the initial value of a number, above 1', 'n = 5 / 2\nn *= momentum\nw -= lr * n * g'],
    ['the step in a state', 'n = t + n\nw -= lr * g / n'],
    ['a global norm between norms', 'u = g / norm(g)\nu = u / globalNorm(u - w)\nw -= lr * u * norm(u)'],
    [
      'a chain of conditions',
      `a = g\n${'a = where(a > w, a - 0.1, where(w > a, w, a))\n'.repeat(40)}w -= lr * a`,
    ],
    ['powers of powers', `a = 0.9 + g / 10\n${'a = a**8 / a**7\n'.repeat(40)}w -= lr * a`],
    ['sums of sums', `a = g\n${'a = a / (1 + norm(a))\n'.repeat(7)}w -= a`],
  ])('%s', (_name, rule) => expectAgreement(rule))
})
