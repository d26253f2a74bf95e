import type { ElementWise, Emit } from '@thalweg/kernels'
import { describe, expect, it, vi } from 'vitest'
import { adam } from '../adam.ts'
import { createOptimizer, optimizerDefinitions } from '../index.ts'
import { lamb } from '../lamb.ts'
import { compile } from './compile.ts'
import { lower } from './lower.ts'
import { parse } from './parse.ts'
import { operandsOf, passesOf } from './passes.ts'
import type { Link } from './variables.ts'

/** What the code of a pass loads and stores, as it is emitted: `width array`, once for each time. */
const emitted = vi.hoisted(() => ({ loads: [] as string[], stores: [] as string[] }))

vi.mock(import('@thalweg/kernels'), async (original) => {
  const kernels = await original()
  const elementWise = (text: ElementWise) =>
    kernels.elementWise({
      ...text,
      body: (lanes, at, ...others) => {
        const place = (address: Emit): string => `${lanes.width} ${at.indexOf(address)}`
        const recording = {
          ...lanes,
          load: (address: Emit) => () => {
            emitted.loads.push(place(address))
            lanes.load(address)()
          },
          store: (address: Emit, value: Emit) => {
            emitted.stores.push(place(address))
            lanes.store(address, value)
          },
        }
        text.body(recording, at, ...others)
      },
    })
  return { ...kernels, elementWise }
})

const hyperparameters = ['learningRate', 'momentum', 'maxNorm', 'beta1', 'beta2', 'epsilon', 'weightDecay']

function linkOf(text: string, more: Partial<Link> = {}): Link {
  return { label: 'rule', rule: parse(text), hyperparameters, ...more }
}

/** Each pass as `reads -> writes`, with how many sums it makes. */
function passes(...links: readonly Link[]): string[] {
  const program = lower(links)
  return passesOf(program, operandsOf(program)).map(({ reads, writes, sums }) => {
    const names = (operands: readonly { readonly name: string }[]): string =>
      operands.map(({ name }) => name).join(' ')
    return `${names(reads)} -> ${names(writes)}; ${sums.length}`
  })
}

const adamLink = linkOf(adam.definition.rule, {
  hyperparameters: Object.keys(adam.definition.hyperparameters),
  constants: new Map([
    ['biasCorrection', 1],
    ['weightDecay', 0],
  ]),
})

describe('passes: what is read, what is written, how many sums', () => {
  it('adam: one', () => {
    expect(passes(adamLink)).toEqual([
      'w gradient first_moment second_moment -> w first_moment second_moment; 0',
    ])
  })

  it('lamb: its moments are written on the way to the norms', () => {
    expect(passes(linkOf(lamb.definition.rule))).toEqual([
      'w gradient first_moment second_moment -> first_moment second_moment; 2',
      'w first_moment second_moment -> w; 0',
    ])
  })

  it('adam behind a clipping by the global norm: the gradient once more', () => {
    const clip = linkOf('gradient *= min(1, max_norm / globalNorm(gradient))', { transform: true })
    expect(passes(clip, adamLink)).toEqual([
      'gradient -> ; 1',
      'w gradient first_moment second_moment -> w first_moment second_moment; 0',
    ])
  })

  it.each([
    [
      'a sum of what a sum made',
      'u = g / norm(g)\nw -= lr * u * norm(u - w)',
      ['gradient -> ; 1', 'w gradient -> ; 1', 'w gradient -> w; 0'],
    ],
    [
      'equal sums are one',
      'w -= lr * g / norm(g) + norm(g) * sum(g * 1)',
      ['gradient -> ; 2', 'w gradient -> w; 0'],
    ],
    [
      'an old value that is read late keeps its array until then',
      'old = v\nv = momentum * v + g\nw -= (v - old) / norm(v)',
      ['gradient v -> ; 1', 'w gradient v -> w v; 0'],
    ],
    [
      'w written early, where nothing needs what it was',
      'scale = 1\nw -= lr * g\nscale = norm(w)',
      ['w gradient -> w; 1', ' -> ; 0'],
    ],
    [
      'w written early, and read from there',
      'w -= lr * g\nv = v / norm(w) + w',
      ['w gradient -> w; 1', 'w v -> v; 0'],
    ],
    [
      'a copy of the gradient stands for it',
      'v = 0\nv = g\nw -= v / norm(v)',
      ['gradient -> v; 1', 'w v -> w; 0'],
    ],
    [
      'states that swap are read from where they went',
      'a = 1\nb = w\na, b = b, a\nw -= a * b / norm(a - b + g)',
      ['gradient a b -> a b; 1', 'w a b -> w; 0'],
    ],
    [
      'a number that a sum feeds takes no array',
      'n = 1\nn = 0.9 * n + norm(g)\nw -= g',
      ['w gradient -> w; 1', ' -> ; 0'],
    ],
    ['a state that stays as it is is not written', 'v = w\nv = v\nw -= g * v', ['w gradient v -> w; 0']],
  ])('%s', (_name, rule, expected) => {
    expect(passes(linkOf(rule))).toEqual(expected)
  })
})

describe('in the code of a pass every array is loaded once and stored once', () => {
  const builtIn = Object.values(optimizerDefinitions).flatMap(
    ({ name, rule, conventions, hyperparameters: known }) => {
      if (!createOptimizer({ name }).plannable) return []
      const rules = conventions.length === 0 ? [{ name: 'only', rule }] : conventions
      return rules.map(
        (form) => [`${name}, ${form.name}`, form.rule, known.map((each) => each.name)] as const,
      )
    },
  )
  const others = [
    ['conditions', 'a = where(g * 2 > w, g, w)\nw -= where(a * 2 > g * 2, sign(a), sign(g)) * a'],
    ['sums', 'u = exp(g) / norm(g)\nv = v + u\nw -= lr * u * dot(u - w, v) * mean(v)'],
    ['swap', 'a = 1\nb = w\na, b = b, a\nw -= a * b / norm(a - b + g)'],
  ] as const
  const rules = [...builtIn, ...others.map(([name, rule]) => [name, rule, hyperparameters] as const)]
  const cases = rules.flatMap(([name, rule, known]) =>
    ([false, true] as const).map((relaxed) => [name, relaxed, rule, known] as const),
  )

  it.each(cases)('%s, relaxed %s', (_name, relaxed, rule, known) => {
    const program = lower([linkOf(rule, { hyperparameters: known })])
    for (const precision of ['f32', 'f64'] as const) {
      const { stages } = compile(program, { precision, relaxedMultiplyAdd: relaxed })
      for (const { pass, reads, writes } of stages) {
        emitted.loads.length = 0
        emitted.stores.length = 0
        pass?.func.code()
        const widths = precision === 'f32' ? [4, 1] : [2, 1]
        const each = (places: readonly number[]): string[] =>
          pass === undefined
            ? []
            : widths.flatMap((width) => places.map((place) => `${width} ${place}`)).sort()
        expect([...emitted.loads].sort()).toEqual(each(reads))
        expect([...emitted.stores].sort()).toEqual(each(writes))
      }
    }
  })
})
