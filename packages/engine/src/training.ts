import type { Dataset } from '@thalweg/datasets'
import { readDataset } from '@thalweg/datasets/node'
import type { RunDocument, RunEvent } from '@thalweg/document'
import { bytesFor, createWorkspace, elementBytes } from '@thalweg/kernels'
import { createModel, initialize, mlp } from '@thalweg/nn'
import { createOptimizer } from '@thalweg/optimizers'
import { decodeCheckpoint, encodeCheckpoint } from './checkpoint.ts'
import { createEvaluation } from './evaluation.ts'
import { createLearningRate } from './learning-rate.ts'
import { createSampler } from './sampler.ts'
import { createStep } from './step.ts'
import { createStreams } from './streams.ts'
import { createTarget } from './target.ts'

/** Samples that are evaluated at a time, unless the training batch is larger. */
const evaluationRows = 256

export interface TrainingOptions {
  /** Where file data sets lie, one folder a set; undefined where none is configured. */
  readonly dataDirectory: string | undefined
  /** The data of a checkpoint event of the same document: training goes on from there to the same bits. */
  readonly checkpoint?: Uint8Array
  /** Asked after every step; where it says true, a checkpoint event follows. Never by default. */
  readonly wantsCheckpoint?: () => boolean
}

/** A run, ready to train. */
export interface Training {
  /** Updates of the whole run, also where it resumes in the middle. */
  readonly totalSteps: number
  /** How many numbers are trained. */
  readonly parameterCount: number
  /** The events in order, from the first step, or from the checkpoint's; the last one is `done`. Iterate once. */
  events(): AsyncGenerator<RunEvent, void>
}

/**
 * Reads the data, lays out the model and compiles the step.
 *
 * Every step records `train.loss`, the loss of its batch before the update, and `gradientNorm`; `learningRate` is
 * recorded where it changes. After the first step and at each epoch's end `train.accuracy` and the loss and accuracy of
 * the other parts are measured. A loss that is not finite ends the run as diverged, at that step.
 *
 * Rejects with DatasetError, RangeError for a model that does not fit in memory, or CheckpointError.
 */
export async function prepareTraining(document: RunDocument, options: TrainingOptions): Promise<Training> {
  const streams = createStreams(document.seed)
  const dataset = await readDataset(document.dataset, {
    directory: options.dataDirectory,
    random: streams.data,
  })
  return trainingOn(document, dataset, streams, options)
}

function trainingOn(
  document: RunDocument,
  dataset: Dataset,
  streams: ReturnType<typeof createStreams>,
  { checkpoint: resumeFrom, wantsCheckpoint = () => false }: Omit<TrainingOptions, 'dataDirectory'>,
): Training {
  const { precision, epochs } = document
  const { train } = dataset
  const batchSize = Math.min(document.batchSize, train.samples)
  const model = createModel(mlp(document.model.hidden, dataset.classes), dataset.featureCount, precision)
  const optimizer = createOptimizer(document.optimizer)
  const learningRate = createLearningRate(document.schedule, optimizer)
  const sampler = createSampler(document.sampling, train.samples, batchSize, streams.order)
  const totalSteps = epochs * sampler.stepsPerEpoch

  const rows = Math.max(batchSize, evaluationRows)
  const elements = elementBytes[precision]
  const workspace = createWorkspace({
    bytes:
      model.bytes(rows) +
      optimizer.slots * bytesFor(model.parameterCount, elements) +
      bytesFor(train.features.length, elements) +
      2 * bytesFor(train.samples, 4) +
      bytesFor(batchSize, 4) +
      // What is small: scalar blocks and results.
      65_536,
  })
  const weights = model.weights(workspace)
  const { buffer, byteOffset, byteLength } = weights.parameters
  const parameterBytes = new Uint8Array(buffer, byteOffset, byteLength)
  const batch = model.batch(workspace, rows)
  const saved = resumeFrom === undefined ? undefined : decodeCheckpoint(document, resumeFrom)
  const state =
    saved === undefined
      ? optimizer.init(weights.parameters)
      : optimizer.restore(saved.optimizer, weights.parameters)
  const rateParameter = learningRate.parameter
  const step = createStep({
    model,
    workspace,
    weights,
    batch,
    train,
    batchSizes: sampler.batchSizes,
    optimizer,
    state,
    rateParameter,
  })
  const { trainSamples } = document.evaluation
  const evaluation = createEvaluation({
    model,
    workspace,
    weights,
    batch,
    dataset,
    trainSamples,
    stream: streams.evaluation,
  })
  const target = createTarget(document.target)

  function checkpointBytes(completed: number): Uint8Array {
    return encodeCheckpoint(document, {
      step: completed,
      optimizer: optimizer.save(state),
      order: sampler.save(),
      evaluation: streams.evaluation.save(),
      learningRate: learningRate.recorded,
      targetStep: target.step,
      parameters: parameterBytes,
    })
  }

  /** Puts everything where training starts or goes on; returns the completed updates. */
  function start(): number {
    if (saved === undefined) {
      initialize(model, weights, document.model.init, streams.init.normal)
      return 0
    }
    parameterBytes.set(saved.parameters)
    sampler.restore(saved.order, saved.step)
    streams.evaluation.restore(saved.evaluation)
    learningRate.recorded = saved.learningRate
    target.step = saved.targetStep
    return saved.step
  }

  async function* events(): AsyncGenerator<RunEvent, void> {
    for (let completed = start(); completed < totalSteps; ) {
      const rate = learningRate.at(completed)
      sampler.fill(completed, step.indices)
      const { loss, gradientNorm } = step.run(sampler.batchSize(completed), rate)
      completed += 1

      const endsEpoch = completed % sampler.stepsPerEpoch === 0
      const finite = Number.isFinite(loss)
      const values = {
        'train.loss': loss,
        gradientNorm,
        ...learningRate.changed(rate),
        ...(finite && (completed === 1 || endsEpoch) ? evaluation.measure() : {}),
      }
      yield { type: 'metric', step: completed, values }
      target.observe(completed, values)
      if (!finite) {
        yield { type: 'done', outcome: 'diverged', step: completed, ...target.reached() }
        return
      }
      if (endsEpoch) yield { type: 'epoch', epoch: completed / sampler.stepsPerEpoch, step: completed }
      if (completed < totalSteps && wantsCheckpoint()) {
        yield { type: 'checkpoint', step: completed, data: checkpointBytes(completed) }
      }
    }
    yield { type: 'done', outcome: 'succeeded', step: totalSteps, ...target.reached() }
  }

  return { totalSteps, parameterCount: model.parameterCount, events }
}
