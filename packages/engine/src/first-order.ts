import type { FirstOrderDocument, RunDocument } from '@thalweg/document'
import { bytesFor, elementBytes } from '@thalweg/kernels'
import type { Model } from '@thalweg/nn'
import { createOptimizer, type Optimizer } from '@thalweg/optimizers'
import { createLearningRate, createOverrides } from './learning-rate.ts'
import type { Method, MethodDefinition, MethodParts } from './method.ts'
import { createSampler } from './sampler.ts'
import { createStep } from './step.ts'
import { restoreArrays, trainedArrays } from './trained-arrays.ts'
import { trainedTensors } from './trained-tensors.ts'

/** What JSON holds of it in a checkpoint. */
interface Facts {
  readonly order: readonly number[]
  /** The last learning rate recorded; the series holds changes only. */
  readonly learningRate: number | undefined
  /** Whose state it is, and how many steps it has made. */
  readonly optimizer: { readonly name: string; readonly step: number }
}

/** The optimizers of one gradient a step: gradient and update are one plan. */
export function firstOrder(
  spec: FirstOrderDocument,
  { schedules = {} }: RunDocument,
  model: Model,
): MethodDefinition {
  const optimizer = createOptimizer(spec, { varying: Object.keys(schedules) })
  const elements = elementBytes[model.precision]
  return {
    workspaceBytes: stateBytes(model, optimizer, elements),
    checkpointBytes: (1 + optimizer.slots) * model.parameterCount * elements,
    begin: (parts) => begin(optimizer, parts),
  }
}

/** The optimizer's arrays, and for each tensor the numbers of a step. */
function stateBytes(model: Model, optimizer: Optimizer, elements: number): number {
  if (!optimizer.perTensor) return optimizer.slots * bytesFor(model.parameterCount, elements)
  const tensors = model.tensors.map(
    ({ length }) => optimizer.slots * bytesFor(length, elements) + bytesFor(128, 8),
  )
  return tensors.reduce((sum, bytes) => sum + bytes, 0)
}

function begin(optimizer: Optimizer, parts: MethodParts): Method {
  const { document, model, weights, input, batchSize, samples, streams, resumed } = parts
  const sampler = createSampler(document.sampling, samples, batchSize, streams.order)
  const { batchSizes, stepsPerEpoch } = sampler
  const totalSteps = document.epochs * stepsPerEpoch
  const learningRate = createLearningRate(document, totalSteps)
  const overrides = createOverrides(document, learningRate.parameter, optimizer.hyperparameters)
  const trained = trainedTensors(model, weights, optimizer)
  const state = optimizer.init(trained.parameters, trained.options)
  const { l2 = 0 } = document
  const { dropout } = streams
  const step = createStep({ ...parts, batchSizes, l2, dropout, optimizer, state, trained })

  if (resumed !== undefined) {
    const { optimizer: saved, order, learningRate: recorded } = resumed.facts as Facts
    restoreArrays({ optimizer: saved, arrays: resumed.arrays }, weights, state)
    sampler.restore(order, resumed.step)
    learningRate.recorded = recorded
  }

  function update(completed: number, rows: number) {
    const rate = learningRate.at(completed)
    const { loss, gradientNorm } = step.run(rows, overrides(completed, rate))
    const changed = rate !== learningRate.recorded
    return {
      values: changed
        ? { 'train.loss': loss, gradientNorm, ...learningRate.changed(rate) }
        : { 'train.loss': loss, gradientNorm },
      finite: Number.isFinite(loss) && Number.isFinite(gradientNorm),
      moved: true,
    }
  }

  return {
    totalSteps,
    passes: (steps) => steps / stepsPerEpoch,
    evaluated: evaluatedParameters(optimizer, optimizer.evaluationParameters(state) ?? weights.parameters),
    step(completed) {
      const rows = sampler.batchSize(completed)
      sampler.fill(completed, input.indices)
      return input.prepare(rows)?.then(() => update(completed, rows)) ?? update(completed, rows)
    },
    save() {
      const facts: Facts = {
        order: sampler.save(),
        learningRate: learningRate.recorded,
        optimizer: { name: state.optimizer, step: state.step },
      }
      return { facts, arrays: trainedArrays(weights, state) }
    },
  }
}

/** A model is evaluated at one flat array. */
function evaluatedParameters(
  { name }: Optimizer,
  evaluated: ReturnType<Optimizer['evaluationParameters']>,
): Float32Array | Float64Array {
  if (ArrayBuffer.isView(evaluated)) return evaluated as Float32Array | Float64Array
  throw new TypeError(`${name}: a model is evaluated at one flat array`)
}
