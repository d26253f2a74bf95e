import type { MetricEvent, RunDocument, RunEvent } from '@thalweg/document'
import type { Backend } from '@thalweg/kernels/node'
import type { Weights } from '@thalweg/nn'
import { decodeCheckpoint, encodeCheckpoint } from './checkpoint.ts'
import { createEarlyStopping } from './early-stopping.ts'
import type { PartValues } from './evaluation.ts'
import { type RunData, readRunData } from './run-data.ts'
import { encodeModel } from './saved-model.ts'
import { reportJson } from './scores.ts'
import type { TeacherFile } from './soft-targets.ts'
import { createStreams, type Streams } from './streams.ts'
import { createTarget } from './target.ts'
import { createTensorStatistics } from './tensor-statistics.ts'
import { layOutTraining } from './training-parts.ts'

export interface TrainingOptions {
  /** Where file data sets lie, one folder a set; undefined where none is configured. */
  readonly dataDirectory: string | undefined
  /** What computes matrix products; our own kernels by default. The bits of a run depend on it. */
  readonly backend?: Backend
  /** The data of a checkpoint event of the same document: training goes on from there to the same bits. */
  readonly checkpoint?: Uint8Array
  /** Asked after every step; where it says true, a checkpoint event follows. Never by default. */
  readonly wantsCheckpoint?: () => boolean
  /** The file of the model or ensemble that a student learns from; not kept. */
  readonly teacher?: TeacherFile
}

/** A file that a training leaves. */
export interface TrainingArtifact {
  readonly name: string
  readonly mediaType: string
  readonly data: Uint8Array
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
  /**
   * What the run leaves once it has succeeded: `model.safetensors`; `averaged.safetensors` of averaging; `snapshot1.safetensors`
   * … of snapshots; with scores, or classes left out, `scores.json`.
   */
  artifacts(): readonly TrainingArtifact[]
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
 * own description. Of a student `train.loss` is the loss of labels and teacher together; all else is of the labels alone.
 *
 * Rejects with DatasetError, RangeError for a model that does not fit its data or the memory, CheckpointError, TypeError for
 * a student without a teacher, or what `loadPredictor` throws for its file.
 */
export async function prepareTraining(document: RunDocument, options: TrainingOptions): Promise<Training> {
  if (document.ensemble !== undefined) {
    throw new TypeError('training: the run combines the models of others and trains nothing')
  }
  const streams = createStreams(document.seed)
  const data = await readRunData(document, options.dataDirectory, streams)
  try {
    return await trainingOn(document, data, streams, options)
  } catch (error) {
    await data.close()
    throw error
  }
}

async function trainingOn(
  document: RunDocument,
  data: RunData,
  streams: Streams,
  options: TrainingOptions,
): Promise<Training> {
  const { checkpoint: resumeFrom, wantsCheckpoint = () => false, backend, teacher, dataDirectory } = options
  const resumed = resumeFrom === undefined ? undefined : decodeCheckpoint(document, resumeFrom)
  const parts = await layOutTraining({ document, data, streams, backend, teacher, dataDirectory, resumed })
  const { model, weights, team, method, evaluated, evaluation, averaging, snapshots, closing } = parts
  const { dropout, augmentation: stream } = streams
  const { totalSteps } = method
  const target = createTarget(document.target)
  const earlyStopping = createEarlyStopping(document.earlyStopping)
  const statistics = createTensorStatistics(model, weights, document.tensorStatistics)

  function takeCheckpoint(completed: number): Uint8Array {
    const { facts, arrays } = method.save()
    return encodeCheckpoint(document, {
      step: completed,
      evaluation: streams.evaluation.save(),
      dropout: dropout.save(),
      augmentation: stream.save(),
      earlyStopping: earlyStopping.state,
      targetStep: target.step,
      facts,
      arrays: { ...arrays, ...averaging?.save(), ...snapshots.save() },
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
    averaging?.restore(resumed.arrays)
    snapshots.restore(resumed.arrays)
    return resumed.step
  }

  async function close(): Promise<void> {
    team.close()
    await data.close()
  }

  let started = false
  /** The mean of the weights as it was measured last. */
  let averaged: Weights | undefined

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
      if (finite) {
        averaging?.after()
        snapshots.after(completed)
      }

      const epoch = Math.floor(method.passes(completed))
      const endsEpoch = epoch > Math.floor(method.passes(completed - 1))
      const ends = ending !== undefined || completed === totalSteps
      const due = completed === 1 || ends || (endsEpoch && moved)
      const measured = finite && due ? await measure(completed) : undefined
      const norms = statistics.after(completed)
      // Most steps have nothing to add, and a copy would be felt where steps are short.
      const isPlain = measured === undefined && norms === undefined
      let values = isPlain ? own : { ...own, ...measured?.values, ...norms }
      const diverged = !finite || measured?.finite === false
      const stops = !diverged && measured !== undefined && earlyStopping.observe(values)
      if (!diverged && (ends || stops)) values = { ...values, ...(await closing.close()) }
      yield { type: 'metric', step: completed, values }
      if (diverged) {
        yield { type: 'done', outcome: 'diverged', step: completed, ...target.reached() }
        return
      }
      if (target.observe(completed, values)) yield { type: 'target', step: completed }
      if (endsEpoch) yield { type: 'epoch', epoch, step: completed }
      if (ends || stops) {
        const { predictionTimeMs } = closing
        yield {
          ...{ type: 'done', outcome: 'succeeded', step: completed },
          ...(ending !== undefined && { solver: ending }),
          ...(!ends && { stoppedEarly: true }),
          ...(predictionTimeMs !== undefined && { predictionTimeMs }),
          ...target.reached(),
        }
        return
      }
      if (wantsCheckpoint()) yield { type: 'checkpoint', step: completed, data: takeCheckpoint(completed) }
    }
  }

  /** Measures the model, and the mean of its weights where one is kept. */
  async function measure(completed: number) {
    const { values, finite } = await evaluation.measure()
    averaged = await averaging?.weights()
    const ofMean = averaged === undefined ? {} : averagedValues(await evaluation.measureAt(averaged))
    return { values: { ...values, ...ofMean, passes: method.passes(completed) }, finite }
  }

  const encoded = (part: Pick<Weights, 'parameters' | 'statistics'>) =>
    encodeModel(document, data, model, part)

  function artifacts(): readonly TrainingArtifact[] {
    const models = [
      ['model', evaluated] as const,
      ...(averaged === undefined ? [] : [['averaged', averaged] as const]),
      ...snapshots.taken.map((snapshot, index) => [`snapshot${index + 1}`, snapshot] as const),
    ]
    const { report } = closing
    const files = models.map(([name, part]) => {
      return { name: `${name}.safetensors`, mediaType: 'application/octet-stream', data: encoded(part) }
    })
    const scores = { name: 'scores.json', mediaType: 'application/json' }
    return report === undefined ? files : [...files, { ...scores, data: reportJson(report) }]
  }

  return {
    totalSteps,
    parameterCount: model.parameterCount,
    checkpointBytes: parts.checkpointBytes,
    backend: model.products.description,
    events,
    saveModel: () => encoded(evaluated),
    artifacts,
    close,
  }
}

function averagedValues(values: PartValues): MetricEvent['values'] {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [`averaged.${key}`, value]))
}
