import type { OnlineLbfgsDocument } from '@thalweg/document'
import { elementBytes } from '@thalweg/kernels'
import { createOnlineLbfgs, type SavedOnline } from '@thalweg/lbfgs/stochastic'
import type { Model } from '@thalweg/nn'
import { createBatchObjective } from './batch-objective.ts'
import { createLearningRate } from './learning-rate.ts'
import type { Method, MethodDefinition, MethodParts } from './method.ts'
import { createSampler } from './sampler.ts'
import { readSolver, savedSolver, savedSolverBytes } from './saved-solver.ts'
import { bytesOf } from './trained-arrays.ts'
import { vectorSpaceOf } from './vector-space.ts'

type Vector = Float32Array | Float64Array

/** What JSON holds of it in a checkpoint beside the solver. */
interface Facts {
  readonly order: readonly number[]
  readonly learningRate: number | undefined
}

/** What it keeps beside the pairs: two points with their gradients, the direction, and the next pair. */
const pointVectors = 8

/** Online L-BFGS: a step is two gradients of one batch, with the same masks, so that their difference tells of the loss. */
export function onlineLbfgs(spec: OnlineLbfgsDocument, model: Model): MethodDefinition {
  const vectors = 2 * spec.memory + pointVectors
  return {
    workspaceBytes: 0,
    checkpointBytes: savedSolverBytes(vectors * model.parameterCount * elementBytes[model.precision]),
    begin: (parts) => begin(spec, parts),
  }
}

function begin(spec: OnlineLbfgsDocument, parts: MethodParts): Method {
  const { document, model, weights, input, batchSize, samples, streams, resumed } = parts
  const { parameters, statistics } = weights
  const { l2 = 0 } = document
  const sampler = createSampler(document.sampling, samples, batchSize, streams.order)
  const { batchSizes, stepsPerEpoch } = sampler
  const totalSteps = Math.floor((document.epochs * stepsPerEpoch) / 2)
  const learningRate = createLearningRate(document, totalSteps)
  if (totalSteps === 0) {
    throw new RangeError(
      'onlineLbfgs: a step takes two gradients of a batch, and one epoch of one batch has one; epochs must be at least 2',
    )
  }
  const objective = createBatchObjective({ ...parts, batchSizes, l2, dropout: streams.dropout })
  const { memory, lambda, epsilon, learningRate: initial } = spec
  const solver = createOnlineLbfgs<Vector>(parameters, {
    memory,
    lambda,
    learningRate: initial,
    ...(epsilon !== undefined && { epsilon }),
    ...vectorSpaceOf(model, 2 * memory + pointVectors),
    ...(resumed !== undefined && { state: readSolver<SavedOnline>(spec.name, resumed) }),
  })
  if (resumed !== undefined) {
    const { order, learningRate: recorded } = resumed.facts as Facts
    parameters.set(solver.x)
    bytesOf(statistics).set(resumed.arrays.statistics)
    sampler.restore(order, resumed.step)
    learningRate.recorded = recorded
  }

  /** Takes loss and gradient where it asks, and returns the loss. */
  function tell(rows: number, rate: number | undefined): number {
    const { x, batch } = solver.ask()
    parameters.set(x)
    const loss = objective.evaluate(rows, { again: batch === 'same' })
    solver.gradient.set(weights.gradient)
    solver.tell(loss, undefined, rate === undefined ? {} : { learningRate: rate })
    return loss
  }

  function update(completed: number, rows: number) {
    const rate = learningRate.at(completed)
    const loss = tell(rows, rate)
    const gradientNorm = objective.norm()
    if (solver.status === 'running' && solver.ask().batch === 'same') tell(rows, undefined)
    parameters.set(solver.x)
    const { status, evaluations, steps: iterations } = solver
    return {
      values: { 'train.loss': loss, gradientNorm, ...learningRate.changed(rate), evaluations, iterations },
      finite: status === 'running',
      moved: true,
    }
  }

  return {
    totalSteps,
    passes: (steps) => (2 * steps) / stepsPerEpoch,
    evaluated: parameters,
    step(completed) {
      const rows = sampler.batchSize(completed)
      sampler.fill(completed, input.indices)
      return input.prepare(rows)?.then(() => update(completed, rows)) ?? update(completed, rows)
    },
    save() {
      const { facts, arrays } = savedSolver(spec.name, solver.save())
      const own: Facts = { order: sampler.save(), learningRate: learningRate.recorded }
      return { facts: { ...facts, ...own }, arrays: { ...arrays, statistics: bytesOf(statistics) } }
    },
  }
}
