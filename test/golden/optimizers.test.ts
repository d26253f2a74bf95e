import { readFileSync } from 'node:fs'
import { createOptimizer, type OptimizerSpec, type Parameters, type Vector } from '@thalweg/optimizers'
import { describe, expect, it } from 'vitest'

/** Numbers of one kind, by tensor name. */
type ByTensor<T> = Readonly<Record<'weight' | 'bias', T>>

interface GoldenCase {
  readonly id: string
  readonly optimizer: OptimizerSpec & { readonly learningRate: number }
  readonly precision: 'f32' | 'f64'
  /** Relative to numbers above 1, absolute below; what the precision allows unless the case says why not. */
  readonly tolerance?: number
  readonly why?: string
  /** The recorded steps, counted from 1. */
  readonly steps: readonly number[]
  readonly weight: readonly (readonly number[])[]
  readonly bias: readonly (readonly number[])[]
  /** Of methods that evaluate at other parameters than they train. */
  readonly evaluation?: ByTensor<readonly (readonly number[])[]>
}

interface GoldenFile {
  readonly tool: string
  readonly version: string
  readonly shapes: ByTensor<readonly number[]>
  readonly start: ByTensor<readonly number[]>
  /** By step. */
  readonly gradients: ByTensor<readonly (readonly number[])[]>
  readonly cases: readonly GoldenCase[]
}

const names = ['weight', 'bias'] as const
const tolerances = { f64: 1e-12, f32: 2e-5 }

const files = ['optimizers-torch.json', 'optimizers-published.json'].map(
  (file) => JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8')) as GoldenFile,
)

// Forty fed gradients, one of them zero and one a thousandfold; the learning rate falls to a tenth after twenty steps.
describe.each(files)('golden trajectories: $tool $version', ({ cases, ...problem }) => {
  it.each(cases.map((golden) => [golden.id, golden] as const))('%s', (_id, golden) => {
    follow(golden, problem, golden.precision, golden.tolerance ?? tolerances[golden.precision])
  })
})

// The same numbers are the measure of f32, to its own tolerance, where no trajectory in f32 is recorded.
describe('the published trajectories in f32', () => {
  const { cases, ...problem } = files[1]
  it.each(cases.map((golden) => [golden.id, golden] as const))('%s', (_id, golden) => {
    follow(golden, problem, 'f32', tolerances.f32)
  })
})

/** Steps a case's optimizer through the fed gradients, and compares what is recorded. */
function follow(
  golden: GoldenCase,
  { shapes, start, gradients }: Omit<GoldenFile, 'cases' | 'tool' | 'version'>,
  precision: 'f32' | 'f64',
  tolerance: number,
): void {
  const array = precision === 'f64' ? Float64Array : Float32Array
  const tensors = { weight: array.from(start.weight), bias: array.from(start.bias) }
  const optimizer = createOptimizer(golden.optimizer)
  const state = optimizer.init(tensors, { shapes })
  gradients.weight.forEach((_, k) => {
    const gradient = { weight: array.from(gradients.weight[k]), bias: array.from(gradients.bias[k]) }
    const overrides = k >= 20 ? { learningRate: golden.optimizer.learningRate / 10 } : undefined
    optimizer.step(tensors, gradient, state, overrides)

    const row = golden.steps.indexOf(k + 1)
    if (row === -1) return
    const evaluated = golden.evaluation && named(optimizer.evaluationParameters(state))
    for (const name of names) {
      expectClose(tensors[name], golden[name][row], tolerance, `step ${k + 1}, ${name}`)
      if (evaluated === undefined || golden.evaluation === undefined) continue
      const where = `step ${k + 1}, evaluated ${name}`
      expectClose(evaluated[name], golden.evaluation[name][row], tolerance, where)
    }
  })
}

function named(tensors: Parameters | undefined): Readonly<Record<string, Vector>> {
  if (tensors === undefined || ArrayBuffer.isView(tensors)) throw new Error('no named tensors to evaluate')
  return tensors
}

function expectClose(
  actual: Float32Array | Float64Array,
  expected: readonly number[],
  tolerance: number,
  where: string,
): void {
  expect(actual).toHaveLength(expected.length)
  expected.forEach((value, index) => {
    const bound = tolerance * Math.max(1, Math.abs(value))
    expect(Math.abs(actual[index] - value), `${where}[${index}]`).toBeLessThanOrEqual(bound)
  })
}
