import type { Dataset } from '@thalweg/datasets'
import { readDataset } from '@thalweg/datasets/node'
import type { RunDocument, RunEvent } from '@thalweg/document'
import { elementBytes } from '@thalweg/kernels'
import { createModel, initialize, mlp } from '@thalweg/nn'
import { createOptimizer } from '@thalweg/optimizers'
import { decodeCheckpoint, encodeCheckpoint } from './checkpoint.ts'
import { createEvaluation } from './evaluation.ts'
import { createLearningRate, createOverrides } from './learning-rate.ts'
import { createRunWorkspace } from './run-workspace.ts'
import { createSampler } from './sampler.ts'
import { createStep } from './step.ts'
import { createStreams } from './streams.ts'
import { createTarget } from './target.ts'
import { restoreArrays, trainedArrays } from './trained-arrays.ts'
import { trainedTensors } from './trained-tensors.ts'

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
  /** About how large a checkpoint is. */
  readonly checkpointBytes: number
  /** The events in order, from the first step, or from the checkpoint's; the last one is `done`. Iterate once. */
  events(): AsyncGenerator<RunEvent, void>
}

/**
 * Reads the data, lays out the model and compiles the step.
 *
 * Every step records `train.loss`, the loss of its batch before the update, and `gradientNorm`; `learningRate` is
 * recorded where it changes. After the first step and at each epoch's end `train.accuracy` and the loss and accuracy of
 * the other parts are measured. A loss or a gradient that is not finite ends the run as diverged, at that step.
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
  const model = createModel(mlp(document.model.hidden, dataset.classes), {
    input: [dataset.featureCount],
    precision,
  })
  const varying = Object.keys(document.schedules ?? {})
  const optimizer = createOptimizer(document.optimizer, { varying })
  const learningRate = createLearningRate(document)
  const overrides = createOverrides(document, learningRate.parameter, optimizer.hyperparameters)
  const sampler = createSampler(document.sampling, train.samples, batchSize, streams.order)
  const totalSteps = epochs * sampler.stepsPerEpoch

  const rows = Math.max(batchSize, evaluationRows)
  const workspace = createRunWorkspace({ model, optimizer, train, batchSize, rows })
  const weights = model.weights(workspace)
  const batch = model.batch(workspace, rows)
  // Before the optimizer's state, which may start as a copy of the weights.
  if (resumeFrom === undefined) initialize(model, weights, document.model.init, streams.init.normal)
  const trained = trainedTensors(model, weights, optimizer)
  const state = optimizer.init(trained.parameters, trained.options)
  const evaluated = optimizer.evaluationParameters(state) ?? weights.parameters
  if (!ArrayBuffer.isView(evaluated)) {
    throw new TypeError(`${optimizer.name}: a model is evaluated at one flat array`)
  }
  const step = createStep({
    model,
    workspace,
    weights,
    batch,
    train,
    batchSizes: sampler.batchSizes,
    optimizer,
    state,
    trained,
  })
  const { trainSamples } = document.evaluation
  const evaluation = createEvaluation({
    model,
    workspace,
    weights: { ...weights, parameters: evaluated },
    batch,
    dataset,
    trainSamples,
    stream: streams.evaluation,
  })
  const target = createTarget(document.target)

  function takeCheckpoint(completed: number): Uint8Array {
    return encodeCheckpoint(document, {
      step: completed,
      order: sampler.save(),
      evaluation: streams.evaluation.save(),
      learningRate: learningRate.recorded,
      targetStep: target.step,
      optimizer: { name: state.optimizer, step: state.step },
      arrays: trainedArrays(weights.parameters, state),
    })
  }

  /** Puts everything where training starts or goes on; returns the completed updates. */
  function start(): number {
    if (resumeFrom === undefined) return 0
    const saved = decodeCheckpoint(document, resumeFrom)
    restoreArrays(saved, weights.parameters, state)
    sampler.restore(saved.order, saved.step)
    streams.evaluation.restore(saved.evaluation)
    learningRate.recorded = saved.learningRate
    target.step = saved.targetStep
    return saved.step
  }

  let started = false

  async function* events(): AsyncGenerator<RunEvent, void> {
    if (started) throw new TypeError('training: events can be iterated once; prepare the run again')
    started = true
    for (let completed = start(); completed < totalSteps; ) {
      const rate = learningRate.at(completed)
      sampler.fill(completed, step.indices)
      const { loss, gradientNorm } = step.run(sampler.batchSize(completed), overrides(completed, rate))
      completed += 1

      const endsEpoch = completed % sampler.stepsPerEpoch === 0
      const sound = Number.isFinite(loss) && Number.isFinite(gradientNorm)
      const measured = sound && (completed === 1 || endsEpoch) ? evaluation.measure() : undefined
      const changedRate = learningRate.changed(rate)
      const values = { 'train.loss': loss, gradientNorm, ...changedRate, ...measured?.values }
      yield { type: 'metric', step: completed, values }
      if (!sound || measured?.finite === false) {
        yield { type: 'done', outcome: 'diverged', step: completed, ...target.reached() }
        return
      }
      target.observe(completed, values)
      if (endsEpoch) yield { type: 'epoch', epoch: completed / sampler.stepsPerEpoch, step: completed }
      if (completed < totalSteps && wantsCheckpoint()) {
        yield { type: 'checkpoint', step: completed, data: takeCheckpoint(completed) }
      }
    }
    yield { type: 'done', outcome: 'succeeded', step: totalSteps, ...target.reached() }
  }

  const checkpointBytes = (1 + optimizer.slots) * model.parameterCount * elementBytes[precision]
  return { totalSteps, parameterCount: model.parameterCount, checkpointBytes, events }
}
