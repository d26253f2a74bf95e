import type { RunDocument, RunEvent } from '@thalweg/document'
import { wasmProducts } from '@thalweg/kernels'
import { type Backend, createTeam, type Team } from '@thalweg/kernels/node'
import { createModel, initialize, type Model } from '@thalweg/nn'
import { createBatchInput } from './batch-input.ts'
import { decodeCheckpoint, encodeCheckpoint } from './checkpoint.ts'
import { createEarlyStopping } from './early-stopping.ts'
import { createEvaluation } from './evaluation.ts'
import { methodOf } from './method-of.ts'
import { layersOf, lossOf } from './network.ts'
import { type RunData, readRunData } from './run-data.ts'
import { createRunWorkspace } from './run-workspace.ts'
import { encodeModel } from './saved-model.ts'
import { createStreams, type Streams } from './streams.ts'
import { createTarget } from './target.ts'
import { createTensorStatistics } from './tensor-statistics.ts'

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
  /** Steps of the whole run, also where it resumes in the middle. */
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
 * the other parts are measured, and `passes` recorded, unless a line search has not moved the model since. A loss or a
 * gradient that is not finite ends the run as diverged, at that step. What a step is, of which optimizer, is in the series'
 * own description.
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
  const { threads = 1, augmentation = [] } = document
  const { train, validation, test, image } = data
  if (augmentation.length > 0 && image === undefined) {
    throw new RangeError('augmentation: the model takes no images; a "network" on a data set of images does')
  }
  const batchSize = Math.min(document.batchSize, train.samples)
  const model = modelOf(document, data, backend ?? {})
  const definition = methodOf(document, model, train.samples)
  const { workspaceBytes: methodBytes, checkpointBytes } = definition
  const workspace = createRunWorkspace({ model, methodBytes, train, batchSize, threads })
  const weights = model.weights(workspace)
  const resumed = resumeFrom === undefined ? undefined : decodeCheckpoint(document, resumeFrom)
  // Before the method's state, which may start as a copy of the weights.
  if (resumed === undefined) initialize(model, weights, document.model.init, streams.init.normal)
  const { dropout, augmentation: stream } = streams
  const input = createBatchInput({ model, workspace, train, batchSize, augmentation, image, stream })
  const team = await createTeam(workspace, { threads, blasPath: backend?.blasPath })
  const { method, evaluation } = compiled(team)
  const { totalSteps, evaluated } = method
  const target = createTarget(document.target)
  const earlyStopping = createEarlyStopping(document.earlyStopping)
  const statistics = createTensorStatistics(model, weights, document.tensorStatistics)

  /** What runs on the team's threads; ends them where it cannot be compiled. */
  function compiled(running: Team) {
    try {
      const shared = { model, workspace, team: running }
      const { samples } = train
      const own = { document, weights, input, batchSize, samples, streams, resumed }
      const begun = definition.begin({ ...shared, ...own })
      return {
        method: begun,
        evaluation: createEvaluation({
          ...shared,
          weights: { ...weights, parameters: begun.evaluated },
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
      evaluation: streams.evaluation.save(),
      dropout: dropout.save(),
      augmentation: stream.save(),
      earlyStopping: earlyStopping.state,
      targetStep: target.step,
      ...method.save(),
    })
  }

  /** Puts what is beside the method where training starts or goes on; returns the completed steps. */
  function start(): number {
    if (resumed === undefined) return 0
    streams.evaluation.restore(resumed.evaluation)
    dropout.restore(resumed.dropout)
    stream.restore(resumed.augmentation)
    earlyStopping.state = resumed.earlyStopping
    target.step = resumed.targetStep
    return resumed.step
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
      statistics.before(completed + 1)
      const stepping = method.step(completed)
      const { values: own, finite, moved, ending } = stepping instanceof Promise ? await stepping : stepping
      completed += 1

      const epoch = Math.floor(method.passes(completed))
      const endsEpoch = epoch > Math.floor(method.passes(completed - 1))
      const ends = ending !== undefined || completed === totalSteps
      const due = completed === 1 || ends || (endsEpoch && moved)
      const measured = finite && due ? await evaluation.measure() : undefined
      const passes = measured === undefined ? undefined : { passes: method.passes(completed) }
      const norms = statistics.after(completed)
      // Most steps have nothing to add, and a copy would be felt where steps are short.
      const isPlain = measured === undefined && norms === undefined
      const values = isPlain ? own : { ...own, ...measured?.values, ...passes, ...norms }
      yield { type: 'metric', step: completed, values }
      if (!finite || measured?.finite === false) {
        yield { type: 'done', outcome: 'diverged', step: completed, ...target.reached() }
        return
      }
      if (target.observe(completed, values)) yield { type: 'target', step: completed }
      if (endsEpoch) yield { type: 'epoch', epoch, step: completed }
      if (ending !== undefined) {
        yield { type: 'done', outcome: 'succeeded', step: completed, solver: ending, ...target.reached() }
        return
      }
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
    checkpointBytes,
    backend: model.products.description,
    events,
    saveModel: () => encodeModel(document, data, model, { ...weights, parameters: evaluated }),
    close,
  }
}
