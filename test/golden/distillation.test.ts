import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { distillationLoss, hintLoss, softTargets, type Teacher } from '@thalweg/ensembles'
import { createPlan, createWorkspace } from '@thalweg/kernels'
import { createModel, dense, softmaxCrossEntropy } from '@thalweg/nn'
import { describe, expect, it } from 'vitest'

interface Golden {
  readonly tool: string
  readonly version: string
  readonly classes: number
  readonly logits: readonly number[]
  readonly labels: readonly number[]
  readonly teacherLogits: readonly (readonly number[])[]
  /** The second teacher's answers at each temperature. */
  readonly softened: readonly { readonly temperature: number; readonly probabilities: readonly number[] }[]
  readonly cases: readonly {
    readonly temperature: number
    readonly hardWeight: number
    readonly labelSmoothing: number
    readonly teachers: 1 | 2
    readonly scaleBySquaredTemperature: boolean
    readonly loss: number
    readonly hard: number
    readonly soft: number
    readonly divergence: number
    readonly gradient: readonly number[]
  }[]
  readonly hints: readonly {
    readonly rows: number
    readonly features: readonly number[]
    readonly teacher: readonly number[]
    readonly weights: readonly number[]
    readonly bias?: readonly number[]
    readonly loss: number
    readonly gradient: readonly number[]
    readonly weightsGradient: readonly number[]
    readonly biasGradient?: readonly number[]
  }[]
}

const golden: Golden = JSON.parse(readFileSync(join(import.meta.dirname, 'distillation.json'), 'utf8'))
const { classes, labels } = golden
const logits = new Float64Array(golden.logits)

function teachersOf(count: number, temperature: number): readonly Teacher[] {
  const first = { logits: new Float64Array(golden.teacherLogits[0]), weight: 3 }
  if (count === 1) return [first]
  const softened = golden.softened.find((each) => each.temperature === temperature)
  return [first, { probabilities: new Float64Array(softened?.probabilities ?? []) }]
}

function expectClose(actual: ArrayLike<number>, expected: readonly number[], tolerance: number): void {
  expect(actual.length).toBe(expected.length)
  for (const [index, value] of expected.entries()) {
    expect(Math.abs(actual[index] - value), `at ${index}`).toBeLessThanOrEqual(
      tolerance * Math.max(1, Math.abs(value)),
    )
  }
}

describe(`distillation is that of ${golden.tool} ${golden.version} to 1e-12`, () => {
  it.each(golden.cases)(
    'temperature $temperature, hard weight $hardWeight, smoothing $labelSmoothing, $teachers teachers, scaled $scaleBySquaredTemperature',
    ({ teachers, loss, gradient, hard, soft, divergence, ...options }) => {
      const teacher = teachersOf(teachers, options.temperature)
      const result = distillationLoss({ logits, teacher, labels, classes, ...options })
      const parts = [result.loss, result.hard, result.soft, result.divergence].map(Number)
      expectClose(parts, [loss, hard, soft, divergence], 1e-12)
      expectClose(result.gradient, gradient, 1e-12)
    },
  )
})

describe(`hints are those of ${golden.tool} ${golden.version} to 1e-12`, () => {
  it.each(golden.hints)('of $rows rows', ({ rows, loss, gradient, ...given }) => {
    const bias = given.bias && { bias: new Float64Array(given.bias) }
    const result = hintLoss({
      features: new Float64Array(given.features),
      teacher: new Float64Array(given.teacher),
      rows,
      regressor: { weights: new Float64Array(given.weights), ...bias },
    })
    expectClose([result.loss], [loss], 1e-12)
    expectClose(result.gradient, gradient, 1e-12)
    expectClose(result.regressorGradient?.weights ?? [], given.weightsGradient, 1e-12)
    if (given.biasGradient) expectClose(result.regressorGradient?.bias ?? [], given.biasGradient, 1e-12)
  })
})

describe('a network trains on the same loss', () => {
  const rows = labels.length
  const plain = golden.cases.filter(
    ({ labelSmoothing, scaleBySquaredTemperature }) => labelSmoothing === 0 && scaleBySquaredTemperature,
  )

  it.each(plain)('temperature $temperature, hard weight $hardWeight, $teachers teachers', (each) => {
    const { temperature, hardWeight, teachers, loss, gradient } = each
    const targets = softTargets(teachersOf(teachers, temperature), { classes, temperature })
    const model = createModel([dense(classes)], {
      input: [rows],
      precision: 'f64',
      loss: softmaxCrossEntropy({ temperature, hardWeight }),
    })
    const workspace = createWorkspace({ bytes: 1 << 18 })
    const weights = model.weights(workspace)
    const batch = model.batch(workspace, rows)
    // Row i of the inputs is the i-th unit vector, so that row i of the weights is that row's logits.
    batch.features.set(Float64Array.from({ length: rows * rows }, (_, at) => Number(at % (rows + 1) === 0)))
    batch.labels.set(labels)
    if (batch.targets.length > 0) batch.targets.set(targets)
    weights.parameters.fill(0)
    const [kernel] = model.tensors.filter(({ shape }) => shape.length === 2)
    weights.tensors[kernel.name].set(logits)
    const plan = createPlan(workspace)
    model.planForward(plan, weights, batch, rows)
    model.planBackward(plan, weights, batch, rows)
    plan.compile()()
    expectClose([batch.result[0]], [loss], 1e-12)
    expectClose(weights.gradient.subarray(kernel.offset, kernel.offset + gradient.length), gradient, 1e-12)
  })
})
