import type { LayerDocument, ModelDocument, RunDocument } from '@thalweg/document'
import { createNormStatistics } from '@thalweg/ensembles'
import { createPlan, type Workspace } from '@thalweg/kernels'
import type { Team } from '@thalweg/kernels/node'
import { createModel, type Model, type Weights } from '@thalweg/nn'
import { createPauses } from './event-loop.ts'
import { layersOf } from './network.ts'
import type { Samples } from './samples.ts'

export interface NormRefreshParts {
  readonly document: RunDocument
  readonly model: Model
  readonly workspace: Workspace
  readonly team: Team
  readonly train: Samples
}

/** Measures running statistics anew for weights that were made of others. */
export interface NormRefresh {
  /** Writes the statistics that belong to these weights, which lie in the workspace. */
  refresh(weights: Weights): Promise<void>
}

/** What it takes of the workspace. */
export function normRefreshBytes(document: RunDocument, model: Model, train: Samples): number {
  if (model.statistics.length === 0) return 0
  return refreshed(document, model).batchBytes(batchRows(document, train), { gradients: false })
}

/**
 * The statistics of batch normalisation as the mean of those of the training set's batches, in their order, with nothing
 * dropped out and nothing augmented; a last batch of one sample does not count. Undefined for models that keep none. Source:
 * Izmailov et al. 2018, arXiv:1803.05407, section 3.2; PyTorch's update_bn, which leaves dropout on.
 */
export function createNormRefresh(parts: NormRefreshParts): NormRefresh | undefined {
  const { document, model, workspace, team, train } = parts
  if (model.statistics.length === 0) return undefined
  const most = batchRows(document, train)
  const measuring = refreshed(document, model)
  const batch = measuring.batch(workspace, most, { gradients: false })
  const indices = new Int32Array(most)
  const passes = new Map<string, () => void>()

  function passOf(weights: Weights, rows: number): () => void {
    const key = `${weights.statistics.byteOffset} ${rows}`
    const known = passes.get(key)
    if (known !== undefined) return known
    const plans = Array.from({ length: team.threads }, () => createPlan(workspace))
    measuring.planForward(plans[0], weights, batch, rows, { mode: 'train', updatesStatistics: true })
    const pass = team.job(plans)
    passes.set(key, pass)
    return pass
  }

  return {
    async refresh(weights) {
      const layers = normLayers(model, weights)
      const means = createNormStatistics(layers)
      const pause = createPauses()
      for (let first = 0; first < train.samples; first += most) {
        const rows = Math.min(most, train.samples - first)
        if (rows === 1) continue
        for (let row = 0; row < rows; row++) indices[row] = first + row
        await train.read(indices, rows, batch.features)
        passOf(weights, rows)()
        means.add(layers)
        await pause()
      }
      if (means.batches === 0) return
      for (const [name, { mean, variance }] of Object.entries(means.result())) {
        layers[name].mean.set(mean)
        layers[name].variance.set(variance)
      }
    },
  }
}

const batchRows = ({ batchSize }: RunDocument, { samples }: Samples): number => Math.min(batchSize, samples)

/** The same network, whose running statistics are those of the last batch alone. */
function refreshed({ model }: RunDocument, { input, classes, precision, products }: Model): Model {
  return createModel(layersOf(undamped(model), classes), { input, precision, products })
}

function undamped(model: ModelDocument): ModelDocument {
  return model.name === 'network' ? { ...model, layers: model.layers.map(undampedLayer) } : model
}

function undampedLayer<L extends LayerDocument>(layer: L): L {
  if (layer.name === 'batchNorm') return { ...layer, momentum: 1 }
  if (layer.name === 'dropout') return { ...layer, rate: 0 }
  if (layer.name !== 'residual') return layer
  const { layers, shortcut } = layer
  return { ...layer, layers: layers.map(undampedLayer), shortcut: shortcut.map(undampedLayer) }
}

/** Views of mean and variance of each normalised layer. */
function normLayers({ statistics: specs }: Model, { statistics }: Weights) {
  const view = (name: string) => {
    const spec = specs.find((each) => each.name === name)
    if (spec === undefined) throw new TypeError(`norm refresh: the model has no ${name}`)
    return statistics.subarray(spec.offset, spec.offset + spec.length)
  }
  const names = specs.filter(({ name }) => name.endsWith('.mean')).map(({ name }) => name.slice(0, -5))
  return Object.fromEntries(
    names.map((name) => [name, { mean: view(`${name}.mean`), variance: view(`${name}.variance`) }]),
  )
}
