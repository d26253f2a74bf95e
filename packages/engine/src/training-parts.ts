import type { RunDocument } from '@thalweg/document'
import { type Backend, createTeam, type Team } from '@thalweg/kernels/node'
import { createModel, initialize, type Loss, type Model, meanSquaredError } from '@thalweg/nn'
import { averagingBytes, averagingCheckpointBytes, createAveraging } from './averaging.ts'
import { createBatchInput } from './batch-input.ts'
import type { Checkpoint } from './checkpoint.ts'
import { checkClosing, createClosing } from './closing.ts'
import { distillationLoss } from './distillation.ts'
import { createEvaluation, evaluationBytes } from './evaluation.ts'
import { methodOf } from './method-of.ts'
import { layersOf, lossOf } from './network.ts'
import type { RunData } from './run-data.ts'
import { createRunWorkspace } from './run-workspace.ts'
import { createSnapshots } from './snapshots.ts'
import { softTargetsOf, type TeacherFile } from './soft-targets.ts'
import type { Streams } from './streams.ts'

export interface LayOutParts {
  readonly document: RunDocument
  readonly data: RunData
  readonly streams: Streams
  readonly backend: Backend | undefined
  readonly teacher: TeacherFile | undefined
  readonly dataDirectory: string | undefined
  /** Where it goes on; undefined where it starts. */
  readonly resumed: Checkpoint | undefined
}

/** Lays a run out in memory and compiles its plans: what `prepareTraining` steps through. Its threads end with the team. */
export async function layOutTraining(parts: LayOutParts) {
  const { document, data, streams, backend, teacher, dataDirectory, resumed } = parts
  const { threads = 1, augmentation = [], distill } = document
  const { train, validation, test, image } = data
  if (augmentation.length > 0 && image === undefined) {
    throw new RangeError('augmentation: the model takes no images; a "network" on a data set of images does')
  }
  checkClosing(document, data)
  const batchSize = Math.min(document.batchSize, train.samples)
  const measured = modelOf(parts, lossOf(document.loss))
  // A student's loss reads targets, which measurements have none of; the weights are the same.
  const model = distill === undefined ? measured : modelOf(parts, distillationLoss(distill))
  const corrects = distill?.biasCorrection === true
  const outputs = corrects ? modelOf(parts, meanSquaredError({ against: 'labels' })) : undefined
  const { loss, classes } = model
  const targets = await softTargetsOf({
    ...{ document, loss, classes, labels: train.labels },
    ...{ teacher, dataDirectory, products: backend?.products },
  })
  const definition = methodOf(document, model, train.samples)
  const workspace = createRunWorkspace({
    ...{ model, methodBytes: definition.workspaceBytes, train, batchSize, threads },
    besideBytes:
      averagingBytes(document, model, train) +
      (outputs === undefined ? 0 : evaluationBytes(outputs, threads)),
  })
  const weights = model.weights(workspace)
  // Before the method's state, which may start as a copy of the weights.
  if (resumed === undefined) initialize(model, weights, document.model.init, streams.init.normal)
  const stream = streams.augmentation
  const input = createBatchInput({ model, workspace, train, targets, batchSize, augmentation, image, stream })
  const team = await createTeam(workspace, { threads, blasPath: backend?.blasPath })
  try {
    const snapshotBytes = (document.snapshots?.cycles ?? 0) * weights.parameters.byteLength
    const checkpointBytes =
      definition.checkpointBytes + averagingCheckpointBytes(document, model) + snapshotBytes
    return { model, weights, team, checkpointBytes, ...compiled(team) }
  } catch (error) {
    team.close()
    throw error
  }

  /** What runs on the team's threads. */
  function compiled(team: Team) {
    const shared = { document, workspace, team, train }
    const { samples } = train
    const method = definition.begin({
      ...shared,
      model,
      weights,
      input,
      batchSize,
      samples,
      streams,
      resumed,
    })
    const evaluated = { ...weights, parameters: method.evaluated }
    const measuring = {
      ...shared,
      weights: evaluated,
      others: { validation, ...(test !== undefined && { test }) },
      trainSamples: document.evaluation.trainSamples,
      stream: streams.evaluation,
    }
    const evaluation = createEvaluation({ ...measuring, model: measured })
    const { totalSteps } = method
    return {
      method,
      evaluated,
      evaluation,
      averaging: createAveraging({ ...shared, model: measured, evaluated, totalSteps }),
      snapshots: createSnapshots(document, evaluated, totalSteps),
      closing: createClosing({
        ...{ document, data, model, weights: evaluated, evaluation },
        outputs: outputs && createEvaluation({ ...measuring, model: outputs }),
      }),
    }
  }
}

/** The run's network over its data. */
function modelOf({ document, data, backend }: LayOutParts, loss: Loss): Model {
  const { model, precision } = document
  return createModel(layersOf(model, data.classes), {
    ...{ input: data.input, precision, loss },
    ...(backend !== undefined && { products: backend.products }),
  })
}
