import { applyAffine } from '@thalweg/datasets'
import { createPlan, createWorkspace, type MatrixProducts } from '@thalweg/kernels'
import { type Model, meanSquaredError } from '@thalweg/nn'
import { evaluationRows } from './evaluation-rows.ts'
import { fillWeights, type ModelFile, modelOfFile, type Vector } from './model-file.ts'
import { ModelFileError } from './model-file-error.ts'
import { type Preprocessing, restorePreprocessing } from './preprocessing.ts'

/** The outputs of a saved model on samples as they are read. */
export interface ModelPredictor {
  readonly features: number
  readonly classes: number
  /** Its outputs before the softmax, of raw samples [rows, features], images with their channels first: [rows, classes]. */
  logits(samples: Float32Array): Vector
}

/** Lays a model out to be asked, `evaluationRows` samples at a time. Throws ModelFileError where its preprocessing is unknown. */
export function createModelPredictor(
  file: ModelFile,
  options: { readonly products?: MatrixProducts } = {},
): ModelPredictor {
  // A loss whose predictions are the outputs themselves.
  const model = modelOfFile(file, { ...options, loss: meanSquaredError({ against: 'labels' }) })
  const preprocessing = preprocessingOf(file, model)
  const capacity = evaluationRows(model)
  const workspace = createWorkspace({
    bytes: model.weightBytes + model.batchBytes(capacity, { gradients: false }) + 4096,
  })
  const weights = model.weights(workspace)
  fillWeights(model, weights, file.tensors)
  const batch = model.batch(workspace, capacity, { gradients: false })
  const { features, classes } = model
  const full = passOf(capacity)
  let last = { rows: capacity, run: full }

  function passOf(rows: number): () => void {
    const plan = createPlan(workspace)
    model.planForward(plan, weights, batch, rows, { mode: 'evaluate' })
    return plan.compile()
  }

  return {
    features,
    classes,
    logits(samples) {
      const total = samples.length / features
      if (!Number.isInteger(total) || total === 0) {
        const received = samples.length
        throw new RangeError(`predict: rows must hold a multiple of ${features} numbers, got ${received}`)
      }
      const outputs = new (model.precision === 'f32' ? Float32Array : Float64Array)(total * classes)
      for (let first = 0; first < total; first += capacity) {
        const rows = Math.min(capacity, total - first)
        if (rows < capacity && rows !== last.rows) last = { rows, run: passOf(rows) }
        writeSamples(model, samples.subarray(first * features, (first + rows) * features), batch.features)
        for (const step of preprocessing) applyAffine(batch.features, step, rows * features)
        const run = rows === capacity ? full : last.run
        run()
        outputs.set(batch.predictions.subarray(0, rows * classes), first * classes)
      }
      return outputs
    },
  }
}

/** Samples in the order of numbers that the model takes: images with their channels last. */
function writeSamples({ input, features }: Model, samples: Float32Array, into: Vector): void {
  const channels = input.length === 3 ? input[2] : 1
  if (channels === 1) {
    into.set(samples)
    return
  }
  const places = features / channels
  for (let start = 0; start < samples.length; start += features) {
    for (let channel = 0; channel < channels; channel++) {
      for (let place = 0; place < places; place++) {
        into[start + place * channels + channel] = samples[start + channel * places + place]
      }
    }
  }
}

function preprocessingOf({ document, preprocessing }: ModelFile, { features }: Model): Preprocessing {
  if (preprocessing === undefined) {
    if (document.dataset.preprocess.length === 0) return []
    throw new ModelFileError('it does not say the statistics of its preprocessing; train it again')
  }
  const restored = restorePreprocessing(preprocessing, features)
  if (restored !== undefined) return restored
  throw new ModelFileError(`"data" in its metadata, /preprocessing: must be of ${features} features`)
}
