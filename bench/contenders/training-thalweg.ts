import { batchGradientBytes } from '../../packages/engine/src/batch-gradient.ts'
import type { BatchInput } from '../../packages/engine/src/batch-input.ts'
import { createStep } from '../../packages/engine/src/step.ts'
import { createStreams } from '../../packages/engine/src/streams.ts'
import { createWorkspace, type Workspace } from '../../packages/kernels/src/index.ts'
import {
  type Backend,
  backendChoice,
  createTeam,
  findBackend,
  type Team,
} from '../../packages/kernels/src/node/index.ts'
import {
  conv2d,
  createModel,
  dense,
  flatten,
  type Layer,
  type Model,
  maxPool,
  relu,
} from '../../packages/nn/src/index.ts'
import { createOptimizer } from '../../packages/optimizers/src/index.ts'
import { microseconds } from '../measure.ts'
import { ownVersion } from './installed.ts'
import { recordProducts } from './products-alone.ts'
import type { TrainingLibrary, TrainingRun, TrainingTask } from './training-contender.ts'
import type { Net } from './training-nets.ts'
import { type StartValues, startValues } from './training-values.ts'

/** Beside model and batches: optimizer state, numbers of a step, barriers. */
const spareBytes = 1 << 16

/** Ours, with the matrix products of a back end of `packages/kernels`: `blas` or `wasm`. */
export function thalwegTraining(backEnd: string): TrainingLibrary {
  const backend = findBackend(backendChoice(backEnd))
  if (backend.missing !== undefined) throw new Error(backend.missing)
  let release = (): void => {}
  return {
    version: `${ownVersion('nn')}, ${backend.products.description}`,

    async setUp(task) {
      release()
      release = () => {}
      const { run, team } = await start(task, backend)
      release = () => team.close()
      return run
    },
  }
}

/** The engine's step, over one batch that stays where it is. */
async function start(
  { net, optimizer: name, learningRate, threads }: TrainingTask,
  { products, blasPath }: Backend,
): Promise<{ readonly run: TrainingRun; readonly team: Team }> {
  const recorded = recordProducts(products)
  const model = createModel(layersOf(net), {
    ...{ input: net.input, precision: 'f32', products: recorded.products },
  })
  const optimizer = createOptimizer({ name, learningRate })
  const bytes = batchGradientBytes(model, net.batch, threads) + 4 * model.weightBytes + spareBytes
  const workspace = createWorkspace({ bytes, shared: threads > 1 })
  const team = await createTeam(workspace, { threads, blasPath })
  const weights = model.weights(workspace)
  const values = startValues(net)
  const matrices = model.tensors.filter(({ init }) => init === 'weights')
  for (const [index, tensor] of matrices.entries()) weights.tensors[tensor.name].set(values.weights[index])
  const state = optimizer.init(weights.parameters)
  const step = createStep({
    ...{ model, workspace, team, weights, optimizer, state, trained: weights },
    input: fixedInput(model, workspace, values),
    batchSizes: [net.batch],
    l2: 0,
    dropout: createStreams(0).dropout,
  })
  const run = (): number => step.run(net.batch, {}).loss
  const losses = (count: number): number[] => Array.from({ length: count }, run)
  const productsAlone = recorded.alone(team)
  return {
    run: {
      elapsed: (calls) => microseconds(calls, run),
      losses,
      productsElapsed: (calls) => microseconds(calls, productsAlone),
    },
    team,
  }
}

/** Samples that are brought into the threads' batches when steps are planned, and never again. */
function fixedInput({ features: width }: Model, workspace: Workspace, values: StartValues): BatchInput {
  return {
    indices: workspace.i32(1),
    augments: false,
    prepare: () => undefined,
    plan(_plan, { start, count }, { features, labels }, columns) {
      labels.set(values.labels.subarray(start, start + count))
      const part = columns ?? { rows: count, start: 0, count: width }
      const firstRow = columns === undefined ? start : 0
      for (let row = 0; row < part.rows; row++) {
        const from = (firstRow + row) * width + part.start
        features.set(values.features.subarray(from, from + part.count), row * part.count)
      }
    },
  }
}

function layersOf(net: Net): Layer[] {
  return net.layers.flatMap((layer, index): Layer[] => {
    if (layer.kind === 'relu') return [relu()]
    if (layer.kind === 'maxPool') return [maxPool({ size: 2 })]
    if (layer.kind === 'conv2d') return [conv2d({ filters: layer.filters, kernel: 3, padding: 1 })]
    const isAfterImage = net.input.length === 3 && !net.layers.slice(0, index).some(isDense)
    return [...(isAfterImage ? [flatten()] : []), dense(layer.units)]
  })
}

function isDense({ kind }: Net['layers'][number]): boolean {
  return kind === 'dense'
}
