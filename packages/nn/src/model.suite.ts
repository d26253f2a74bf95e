import { createPlan, createWorkspace, type Precision } from '@thalweg/kernels'
import { finiteDifference, sequence } from '@thalweg/testing'
import { expect } from 'vitest'
import type { Layer } from './layer.ts'
import type { Loss } from './loss.ts'
import { type Batch, createModel, type Model, type Weights } from './model.ts'
import type { Shape } from './shape.ts'

export interface SetUpOptions {
  readonly layers: readonly Layer[]
  readonly input: Shape
  readonly loss?: Loss
  readonly precision?: Precision
  /** Samples that are planned, those that there is room for, and those of the whole step. */
  readonly rows: number
  readonly capacity?: number
  readonly batchRows?: number
  readonly mode?: 'train' | 'evaluate'
  /** Whether a backward pass is planned; true by default. */
  readonly gradients?: boolean
  /** Changes weights or batch before the passes. */
  readonly prepare?: (setUp: Pick<SetUp, 'model' | 'weights' | 'batch'>) => void
}

/** A model with fixed numbers in its weights and its batch, and its passes. */
export interface SetUp {
  readonly model: Model
  readonly weights: Weights
  readonly batch: Batch
  /** Features are put back before every pass: the first layer may have overwritten them. */
  readonly forward: () => void
  readonly both: () => void
}

export function setUpModel(options: SetUpOptions): SetUp {
  const { layers, input, loss, precision = 'f64', rows, capacity = rows, batchRows = rows } = options
  const { mode, gradients = true, prepare = () => {} } = options
  const model = createModel(layers, { input, precision, ...(loss && { loss }) })
  const bytes = model.weightBytes + model.batchBytes(capacity, { gradients }) + 64
  const workspace = createWorkspace({ bytes })
  const weights = model.weights(workspace)
  const batch = model.batch(workspace, capacity, { gradients })
  expect(workspace.bytesUsed).toBe(bytes)
  weights.parameters.set(sequence(model.parameterCount, 1).map((value) => Math.fround(0.8 * value)))
  const features = sequence(batch.features.length, 2).map(Math.fround)
  batch.labels.forEach((_, row) => {
    batch.labels[row] = (row * 5 + 1) % model.classes
  })
  batch.targets.set(softTargets(capacity, model.classes).slice(0, batch.targets.length))
  prepare({ model, weights, batch })
  const plan = createPlan(workspace)
  const pass = { batchRows, ...(mode && { mode }) }
  model.planForward(plan, weights, batch, rows, pass)
  const forward = plan.compile()
  if (gradients) model.planBackward(plan, weights, batch, rows, pass)
  const both = plan.compile()
  const refilled = (run: () => void) => () => {
    batch.features.set(features)
    run()
  }
  return { model, weights, batch, forward: refilled(forward), both: refilled(both) }
}

/** Rows of probabilities. */
function softTargets(rows: number, columns: number): number[] {
  return Array.from({ length: rows }, (_, row) => {
    const values = sequence(columns, 20 + row).map((value) => value + 1.2)
    const sum = values.reduce((total, value) => total + value, 0)
    return Array.from(values, (value) => value / sum)
  }).flat()
}

/** Expects the gradient of a model in f64 to be that of central differences, `batchRows / rows` times smaller. */
export function expectModelGradient(options: SetUpOptions): void {
  const { rows, batchRows = rows } = options
  const { weights, batch, forward, both } = setUpModel(options)
  // Where nothing is written what was there must not be taken for a result.
  weights.gradient.fill(Number.NaN)
  both()
  const gradient = Float64Array.from(weights.gradient)
  const numeric = finiteDifference(() => {
    forward()
    return (batch.result[0] * rows) / batchRows
  }, weights.parameters as Float64Array)
  gradient.forEach((value, index) => {
    expect(Math.abs(value - numeric[index])).toBeLessThan(1e-9)
  })
  expect(gradient.some((value) => Math.abs(value) > 1e-3)).toBe(true)
}

/** Expects loss, predictions and gradient in f32 to be those in f64 to 1e-5. */
export function expectSameModelInF32(options: SetUpOptions): void {
  const [narrow, wide] = (['f32', 'f64'] as const).map((precision) => {
    const { weights, batch, both } = setUpModel({ ...options, precision })
    both()
    return [...batch.result, ...batch.predictions, ...weights.gradient]
  })
  narrow.forEach((value, index) => {
    expect(Math.abs(value - wide[index])).toBeLessThan(1e-5)
  })
}
