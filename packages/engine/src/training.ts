import type { RunDocument, RunEvent } from '@thalweg/document'
import { elementBytes, wasmProducts } from '@thalweg/kernels'
import { type Backend, createTeam, type Team } from '@thalweg/kernels/node'
import { createModel, initialize, type Model } from '@thalweg/nn'
import { createOptimizer, type Optimizer } from '@thalweg/optimizers'
import { createBatchInput } from './batch-input.ts'
import { decodeCheckpoint, encodeCheckpoint } from './checkpoint.ts'
import { createEarlyStopping } from './early-stopping.ts'
import { createEvaluation } from './evaluation.ts'
import { createLearningRate, createOverrides } from './learning-rate.ts'
import { layersOf, lossOf } from './network.ts'
import { type RunData, readRunData } from './run-data.ts'
import { createRunWorkspace } from './run-workspace.ts'
import { createSampler } from './sampler.ts'
import { encodeModel } from './saved-model.ts'
import { createStep } from './step.ts'
import { createStreams, type Streams } from './streams.ts'
import { createTarget } from './target.ts'
import { createTensorStatistics } from './tensor-statistics.ts'
import { restoreArrays, trainedArrays } from './trained-arrays.ts'
import { trainedTensors } from './trained-tensors.ts'

export interface TrainingOptions {
  /** Where file data sets lie, one folder a set; undefined where none is configured. */
  readonly dataDirectory: string | undefined
  /** What computes matrix products; our own kernels by default. The bits of a run depend on it. */
  readonly backend?: Backend
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
  /** What computes matrix products, with its version. */
  readonly backend: string
  /** The events in order, from the first step, or from the checkpoint's; the last one is `done`. Iterate once. */
  events(): AsyncGenerator<RunEvent, void>
  /** The model as it is now, as a safetensors file with the document in its metadata. */
  saveModel(): Uint8Array
  /** Ends the run's threads and closes its files; the events do so when they end. */
  close(): Promise<void>
}

/**
 * Reads the data, lays out the model and compiles the step.
 *
 * Every step records `train.loss`, the loss of its batch before the update, and `gradientNorm`; `learningRate` is
 * recorded where it changes. After the first step and at each epoch's end `train.accuracy` and the loss and accuracy of
 * the other parts are measured. A loss or a gradient that is not finite ends the run as diverged, at that step.
 *
 * Rejects with DatasetError, RangeError for a model that does not fit its data or the memory, or CheckpointError.
 */
export async function prepareTraining(document: RunDocument, options: TrainingOptions): Promise<Training> {
  const streams = createStreams(document.seed)
  const data = await readRunData(document, options.dataDirectory, streams)
  try {
    return await trainingOn(document, data, streams, options)
  } catch (error) {
    await data.close()
    throw error
  }
}

/** The run's network over its data. */
function modelOf(
  document: RunDocument,
  { input, classes }: RunData,
  { products = wasmProducts }: Partial<Backend>,
): Model {
  const { model, precision, loss } = document
  return createModel(layersOf(model, classes), { input, precision, loss: lossOf(loss), products })
}

async function trainingOn(
  document: RunDocument,
  data: RunData,
  streams: Streams,
  options: Omit<TrainingOptions, 'dataDirectory'>,
): Promise<Training> {
  const { checkpoint: resumeFrom, wantsCheckpoint = () => false, backend } = options
  const { precision, epochs, threads = 1, l2 = 0, augmentation = [] } = document
  const { train, validation, test, image } = data
  if (augmentation.length > 0 && image === undefined) {
    throw new RangeError('augmentation: the model takes no images; a "network" on a data set of images does')
  }
  const batchSize = Math.min(document.batchSize, train.samples)
  const model = modelOf(document, data, backend ?? {})
  const varying = Object.keys(document.schedules ?? {})
  const optimizer = createOptimizer(document.optimizer, { varying })
  const learningRate = createLearningRate(document)
  const overrides = createOverrides(document, learningRate.parameter, optimizer.hyperparameters)
  const sampler = createSampler(document.sampling, train.samples, batchSize, streams.order)
  const totalSteps = epochs * sampler.stepsPerEpoch

  const workspace = createRunWorkspace({ model, optimizer, train, batchSize, threads })
  const weights = model.weights(workspace)
  // Before the optimizer's state, which may start as a copy of the weights.
  if (resumeFrom === undefined) initialize(model, weights, document.model.init, streams.init.normal)
  const trained = trainedTensors(model, weights, optimizer)
  const state = optimizer.init(trained.parameters, trained.options)
  const evaluated = evaluatedParameters(
    optimizer,
    optimizer.evaluationParameters(state) ?? weights.parameters,
  )
  const { dropout, augmentation: stream } = streams
  const input = createBatchInput({ model, workspace, train, batchSize, augmentation, image, stream })
  const team = await createTeam(workspace, { threads, blasPath: backend?.blasPath })
  const { step, evaluation } = compiled(team)
  const target = createTarget(document.target)
  const earlyStopping = createEarlyStopping(document.earlyStopping)
  const statistics = createTensorStatistics(model, weights, document.tensorStatistics)

  /** What runs on the team's threads; ends them where it cannot be compiled. */
  function compiled(running: Team) {
    try {
      const shared = { model, workspace, team: running, weights }
      return {
        step: createStep({
          ...shared,
          input,
          batchSizes: sampler.batchSizes,
          l2,
          optimizer,
          state,
          trained,
          dropout,
        }),
        evaluation: createEvaluation({
          ...shared,
          weights: { ...weights, parameters: evaluated },
          train,
          others: { validation, ...(test !== undefined && { test }) },
          trainSamples: document.evaluation.trainSamples,
          stream: streams.evaluation,
        }),
      }
    } catch (error) {
      running.close()
      throw error
    }
  }

  function takeCheckpoint(completed: number): Uint8Array {
    return encodeCheckpoint(document, {
      step: completed,
      order: sampler.save(),
      evaluation: streams.evaluation.save(),
      dropout: dropout.save(),
      augmentation: stream.save(),
      earlyStopping: earlyStopping.state,
      learningRate: learningRate.recorded,
      targetStep: target.step,
      optimizer: { name: state.optimizer, step: state.step },
      arrays: trainedArrays(weights, state),
    })
  }

  /** Puts everything where training starts or goes on; returns the completed updates. */
  function start(): number {
    if (resumeFrom === undefined) return 0
    const saved = decodeCheckpoint(document, resumeFrom)
    restoreArrays(saved, weights, state)
    sampler.restore(saved.order, saved.step)
    streams.evaluation.restore(saved.evaluation)
    dropout.restore(saved.dropout)
    stream.restore(saved.augmentation)
    earlyStopping.state = saved.earlyStopping
    learningRate.recorded = saved.learningRate
    target.step = saved.targetStep
    return saved.step
  }

  async function close(): Promise<void> {
    team.close()
    await data.close()
  }

  let started = false

  async function* events(): AsyncGenerator<RunEvent, void> {
    if (started) throw new TypeError('training: events can be iterated once; prepare the run again')
    started = true
    try {
      yield* train_()
    } finally {
      await close()
    }
  }

  async function* train_(): AsyncGenerator<RunEvent, void> {
    for (let completed = start(); completed < totalSteps; ) {
      const rate = learningRate.at(completed)
      const rows = sampler.batchSize(completed)
      sampler.fill(completed, input.indices)
      const read = input.prepare(rows)
      if (read !== undefined) await read
      statistics.before(completed + 1)
      const { loss, gradientNorm } = step.run(rows, overrides(completed, rate))
      completed += 1

      const endsEpoch = completed % sampler.stepsPerEpoch === 0
      const sound = Number.isFinite(loss) && Number.isFinite(gradientNorm)
      const measured = sound && (completed === 1 || endsEpoch) ? await evaluation.measure() : undefined
      const recorded = { ...learningRate.changed(rate), ...measured?.values, ...statistics.after(completed) }
      const values = { 'train.loss': loss, gradientNorm, ...recorded }
      yield { type: 'metric', step: completed, values }
      if (!sound || measured?.finite === false) {
        yield { type: 'done', outcome: 'diverged', step: completed, ...target.reached() }
        return
      }
      if (target.observe(completed, values)) yield { type: 'target', step: completed }
      if (endsEpoch) yield { type: 'epoch', epoch: completed / sampler.stepsPerEpoch, step: completed }
      if (measured !== undefined && earlyStopping.observe(values) && completed < totalSteps) {
        yield { type: 'done', outcome: 'succeeded', step: completed, stoppedEarly: true, ...target.reached() }
        return
      }
      if (completed < totalSteps && wantsCheckpoint()) {
        yield { type: 'checkpoint', step: completed, data: takeCheckpoint(completed) }
      }
    }
    yield { type: 'done', outcome: 'succeeded', step: totalSteps, ...target.reached() }
  }

  return {
    totalSteps,
    parameterCount: model.parameterCount,
    checkpointBytes: (1 + optimizer.slots) * model.parameterCount * elementBytes[precision],
    backend: model.products.description,
    events,
    saveModel: () => encodeModel(document, data, model, { ...weights, parameters: evaluated }),
    close,
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
