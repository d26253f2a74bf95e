import { readFileSync } from 'node:fs'
import { createPlan, createWorkspace } from '@thalweg/kernels'
import * as nn from '@thalweg/nn'
import { createOptimizer, type OptimizerSpec } from '@thalweg/optimizers'
import { describe, expect, it } from 'vitest'

type LayerSpec =
  | { readonly name: 'dense'; readonly units: number }
  | ({ readonly name: 'conv2d' } & nn.Conv2dOptions)
  | ({ readonly name: 'batchNorm' } & nn.BatchNormOptions)
  | ({ readonly name: 'layerNorm' } & nn.LayerNormOptions)
  | ({ readonly name: 'maxPool' | 'averagePool' } & nn.PoolOptions)
  | { readonly name: 'leakyRelu'; readonly slope: number }
  | { readonly name: 'residual'; readonly layers: readonly LayerSpec[] }
  | { readonly name: 'relu' | 'gelu' | 'tanh' | 'sigmoid' | 'flatten' }

type LossSpec =
  | ({ readonly name: 'softmaxCrossEntropy' } & nn.SoftmaxCrossEntropyOptions)
  | ({ readonly name: 'hinge' } & nn.HingeOptions)
  | { readonly name: 'meanSquaredError' }

/** Where numbers come from: those of each batch have a seed of their own. */
interface Drawn {
  readonly scale: number
  readonly classes: number
  readonly seeds: readonly number[]
}

interface Recorded {
  readonly losses: readonly number[]
  readonly statistics?: Readonly<Record<string, readonly number[]>>
  /** The outputs for batch 0 after the last step. */
  readonly evaluation?: readonly number[]
}

interface GoldenCase {
  readonly id: string
  readonly input: readonly number[]
  readonly layers: readonly LayerSpec[]
  readonly loss: LossSpec
  readonly optimizer: OptimizerSpec
  readonly batchSize: number
  readonly tensors: readonly {
    readonly name: string
    readonly shape: readonly number[]
    readonly seed: number
    readonly offset: number
    readonly scale: number
  }[]
  readonly batches: Readonly<Partial<Record<'features' | 'labels' | 'targets' | 'softTargets', Drawn>>>
  readonly f64: Recorded
  readonly f32: Recorded
}

interface GoldenFile {
  readonly tool: string
  readonly version: string
  readonly numbers: { readonly seed: number; readonly first: readonly number[] }
  readonly cases: readonly GoldenCase[]
}

const golden = JSON.parse(readFileSync(new URL('networks-torch.json', import.meta.url), 'utf8')) as GoldenFile

/** `count` numbers in [-0.5, 0.5), by the file's formula. */
function numbers(seed: number, count: number): number[] {
  let state = Math.imul(seed, 2_654_435_761)
  return Array.from({ length: count }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0
    return (state >>> 0) / 2 ** 32 - 0.5
  })
}

const { relu, gelu, tanh, sigmoid, flatten } = nn
const plain = { relu, gelu, tanh, sigmoid, flatten }

function layerOf(spec: LayerSpec): nn.Layer {
  switch (spec.name) {
    case 'dense':
      return nn.dense(spec.units)
    case 'conv2d':
      return nn.conv2d(spec)
    case 'batchNorm':
      return nn.batchNorm(spec)
    case 'layerNorm':
      return nn.layerNorm(spec)
    case 'maxPool':
      return nn.maxPool(spec)
    case 'averagePool':
      return nn.averagePool(spec)
    case 'leakyRelu':
      return nn.leakyRelu(spec.slope)
    case 'residual':
      return nn.residual(spec.layers.map(layerOf))
    default:
      return plain[spec.name]()
  }
}

function lossOf(spec: LossSpec): nn.Loss {
  switch (spec.name) {
    case 'softmaxCrossEntropy':
      return nn.softmaxCrossEntropy(spec)
    case 'hinge':
      return nn.hinge(spec)
    case 'meanSquaredError':
      return nn.meanSquaredError()
  }
}

/** Trains a case's network as the file says, and records what it records. */
function train(network: GoldenCase, precision: 'f32' | 'f64') {
  const { input, layers, loss, batchSize: rows, tensors, batches } = network
  const model = nn.createModel(layers.map(layerOf), { input, precision, loss: lossOf(loss) })
  expect(model.tensors.map(({ name, shape }) => ({ name, shape }))).toEqual(
    tensors.map(({ name, shape }) => ({ name, shape })),
  )
  const optimizer = createOptimizer(network.optimizer)
  const workspace = createWorkspace({ bytes: 1 << 21 })
  const weights = model.weights(workspace)
  const batch = model.batch(workspace, rows)
  for (const { name, seed, offset, scale } of tensors) {
    const tensor = weights.tensors[name]
    tensor.set(numbers(seed, tensor.length).map((number) => offset + scale * number))
  }
  for (const { offset, length, init } of model.statistics) {
    weights.statistics.fill(init === 'ones' ? 1 : 0, offset, offset + length)
  }
  const state = optimizer.init(weights.parameters)
  const plan = createPlan(workspace)
  model.planForward(plan, weights, batch, rows)
  model.planBackward(plan, weights, batch, rows)
  const run = plan.compile()
  const evaluation = createPlan(workspace)
  model.planForward(evaluation, weights, batch, rows, { mode: 'evaluate' })

  function fill(index: number): void {
    const { features, labels, targets, softTargets } = batches
    const drawn = ({ seeds }: Drawn, count: number): number[] => numbers(seeds[index], count)
    const scaled = (from: Drawn, count: number): number[] =>
      drawn(from, count).map((number) => from.scale * number)
    if (features !== undefined) batch.features.set(scaled(features, batch.features.length))
    if (labels !== undefined) {
      batch.labels.set(drawn(labels, rows).map((number) => Math.floor((number + 0.5) * labels.classes)))
    }
    if (targets !== undefined) batch.targets.set(scaled(targets, batch.targets.length))
    if (softTargets === undefined) return
    const positive = drawn(softTargets, batch.targets.length).map((number) => number + 0.55)
    for (let row = 0; row < rows; row++) {
      const values = positive.slice(row * model.classes, (row + 1) * model.classes)
      const sum = values.reduce((total, value) => total + value, 0)
      batch.targets.set(
        values.map((value) => value / sum),
        row * model.classes,
      )
    }
  }

  const losses = network[precision].losses.map((_, step) => {
    fill(step % 5)
    run()
    optimizer.step(weights.parameters, weights.gradient, state)
    return batch.result[0]
  })
  fill(0)
  evaluation.compile()()
  const statistics = Object.fromEntries(
    model.statistics.map(({ name, offset, length }) => [
      name,
      Array.from(weights.statistics.subarray(offset, offset + length)),
    ]),
  )
  return { losses, statistics, predictions: rowsOf(batch.predictions, model.classes) }
}

const rowsOf = (values: ArrayLike<number>, columns: number): number[][] =>
  Array.from({ length: values.length / columns }, (_, row) =>
    Array.from({ length: columns }, (_, column) => values[row * columns + column]),
  )

function softmax(row: readonly number[]): number[] {
  const powers = row.map((value) => Math.exp(value - Math.max(...row)))
  return powers.map((power) => power / powers.reduce((sum, each) => sum + each, 0))
}

function expectClose(actual: readonly number[], expected: readonly number[], tolerance: number): void {
  const differences = expected.map((value, index) => Math.abs(actual[index] - value))
  const worst = differences.indexOf(Math.max(...differences))
  expect(differences[worst], `at ${worst}: ${actual[worst]} for ${expected[worst]}`).toBeLessThan(tolerance)
}

describe(`networks in training: ${golden.tool} ${golden.version}`, () => {
  it('starts from the same numbers', () => {
    const { seed, first } = golden.numbers
    expect(numbers(seed, first.length)).toEqual(first)
  })

  describe.each([
    ['f64', 1e-9],
    ['f32', 1e-4],
  ] as const)('%s, within %d at every step', (precision, tolerance) => {
    it.each(golden.cases.map((network) => [network.id, network] as const))('%s', (_id, network) => {
      const recorded = network[precision]
      const { losses, statistics, predictions } = train(network, precision)
      expectClose(losses, recorded.losses, tolerance)
      expect(Object.keys(statistics).sort()).toEqual(Object.keys(recorded.statistics ?? {}).sort())
      for (const [name, values] of Object.entries(recorded.statistics ?? {})) {
        expectClose(statistics[name], values, tolerance)
      }
      if (recorded.evaluation === undefined) return
      // Of these networks, all are classifiers by softmax.
      const expected = rowsOf(recorded.evaluation, recorded.evaluation.length / network.batchSize).map(
        softmax,
      )
      expectClose(predictions.flat(), expected.flat(), tolerance)
    })
  })
})
