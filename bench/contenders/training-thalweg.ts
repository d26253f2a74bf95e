import {
  createPlan,
  createWorkspace,
  type Plan,
  partOf,
  sumArrays,
} from '../../packages/kernels/src/index.ts'
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
  maxPool,
  relu,
  type Weights,
} from '../../packages/nn/src/index.ts'
import { createOptimizer } from '../../packages/optimizers/src/index.ts'
import { microseconds } from '../measure.ts'
import { ownVersion } from './installed.ts'
import type { TrainingLibrary, TrainingRun, TrainingTask } from './training-contender.ts'
import type { Net } from './training-nets.ts'
import { startValues } from './training-values.ts'

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

/** A step as the engine puts it together: each thread has a part of the batch, then a part of the weights. */
async function start(
  { net, optimizer: name, learningRate, threads }: TrainingTask,
  { products, blasPath }: Backend,
): Promise<{ readonly run: TrainingRun; readonly team: Team }> {
  const model = createModel(layersOf(net), { input: net.input, precision: 'f32', products })
  const optimizer = createOptimizer({ name, learningRate })
  const parts = Array.from({ length: threads }, (_, thread) => partOf(net.batch, thread, threads))
  const batchBytes = parts.reduce((sum, { count }) => sum + model.batchBytes(count), 0)
  const bytes = batchBytes + (2 + threads) * model.weightBytes + spareBytes
  const workspace = createWorkspace({ bytes, shared: threads > 1 })
  const team = await createTeam(workspace, { threads, blasPath })
  const weights = model.weights(workspace)
  const gradients = parts.map((_, thread) =>
    thread === 0 ? weights.gradient : workspace.f32(model.parameterCount),
  )
  const batches = parts.map(({ count }) => model.batch(workspace, count))
  const values = startValues(net)
  const trained = model.tensors.filter(({ init }) => init === 'weights')
  for (const [index, tensor] of trained.entries()) weights.tensors[tensor.name].set(values.weights[index])
  for (const [thread, { start, count }] of parts.entries()) {
    const { features, labels } = batches[thread]
    features.set(values.features.subarray(start * model.features, (start + count) * model.features))
    labels.set(values.labels.subarray(start, start + count))
  }

  const plans = parts.map(() => createPlan(workspace))
  for (const [thread, plan] of plans.entries()) {
    const own = { ...weights, gradient: gradients[thread] }
    const { count } = parts[thread]
    model.planForward(plan, own, batches[thread], count, { batchRows: net.batch })
    model.planBackward(plan, own, batches[thread], count, { batchRows: net.batch })
  }
  if (threads > 1) planSum(team, plans, gradients)
  const prepare = optimizer.plan(
    plans,
    weights.parameters,
    weights.gradient,
    optimizer.init(weights.parameters),
  )
  const runPlans = team.job(plans)
  const step = (): void => {
    prepare()
    runPlans()
  }
  const loss = (): number => {
    const total = parts.reduce((sum, { count }, thread) => sum + count * batches[thread].result[0], 0)
    return total / net.batch
  }
  const losses = (count: number): number[] =>
    Array.from({ length: count }, () => {
      step()
      return loss()
    })
  return { run: { elapsed: (calls) => microseconds(calls, step), losses }, team }
}

/** The threads' gradients are added into the first: by each thread a part, once all have come so far. */
function planSum(team: Team, plans: readonly Plan[], gradients: readonly Weights['gradient'][]): void {
  const wholeLines = 16
  for (const plan of plans) team.barrier(plan)
  for (const [thread, plan] of plans.entries()) {
    const { start, count } = partOf(gradients[0].length, thread, plans.length, wholeLines)
    const [total, ...others] = gradients.map(({ byteOffset }) => byteOffset + 4 * start)
    plan.call(sumArrays('f32', gradients.length), count, 0, total, ...others)
  }
  for (const plan of plans) team.barrier(plan)
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
