import { installPeers } from './contenders/installed.ts'
import { servedLibrary } from './contenders/training-child.ts'
import type { TrainingContender, TrainingRun, TrainingTask } from './contenders/training-contender.ts'
import { type Net, nets, stepOperations } from './contenders/training-nets.ts'
import { pytorchTraining, threadSettings } from './contenders/training-pytorch.ts'
import { reasonOf, type Skipped, samplesInTurns } from './measure.ts'
import {
  type LimitShare,
  labelOf,
  limitShares,
  type Measured,
  type MeasuredSamples,
  type ProductsAlone,
  peakSize,
  productsAlone,
  type TrainingFigure,
  trainingFigures,
} from './training-figures.ts'

const optimizers = ['momentum', 'adam'] as const

/** Learning rates at which the first losses are compared. */
const checkedRates = { momentum: 1e-3, adam: 1e-4 }
const checkedSteps = 5
const lossTolerance = 1e-3

/**
 * At this rate a million steps leave the weights as they are. They would otherwise learn the one batch by heart, and
 * gradients become too small for normal numbers, with which every processor is slow.
 */
const timedRate = 1e-9

const longestStepMs = 10_000
const rounds = 9

/**
 * Ten times as long as elsewhere: threads that have slept may find themselves on cores far apart, and the first tens of
 * milliseconds are not what a training of minutes sees.
 */
const sampleUs = 200_000

const ours: TrainingContender[] = []
const peers: TrainingContender[] = []
const missing: Skipped[] = []

/** Starts everybody, and says who is there. */
export async function versions(): Promise<Readonly<Record<string, string>>> {
  try {
    installPeers()
  } catch (error) {
    console.error(`the peers were not installed: ${reasonOf(error)}`)
  }
  for (const threads of [1, 2]) {
    await startInto(ours, 'Thalweg with BLAS', (name) => servedLibrary(name, 'blas', threads))
    await startInto(ours, 'Thalweg', (name) => servedLibrary(name, 'wasm', threads))
  }
  for (const setting of threadSettings) await startInto(peers, 'PyTorch', () => pytorchTraining(setting))
  await startInto(peers, 'TensorFlow.js wasm', (name) => servedLibrary(name, 'tensorflow', 1))
  await startInto(peers, 'jax-js wasm', (name) => servedLibrary(name, 'jax', 1))
  await startInto(peers, 'Deepbox', (name) => servedLibrary(name, 'deepbox', 1))
  return Object.fromEntries([...ours, ...peers].map(({ name, version }) => [name, version]))
}

async function startInto(
  started: TrainingContender[],
  name: string,
  start: (name: string) => Promise<TrainingContender>,
): Promise<void> {
  if (missing.some(({ skipped }) => skipped === name)) return
  try {
    started.push(await start(name))
  } catch (error) {
    missing.push({ skipped: name, reason: reasonOf(error) })
  }
}

/** One training step of each net, momentum and Adam: forward, loss, backward and update, f32. */
export async function* figures(): AsyncGenerator<TrainingFigure | LimitShare | ProductsAlone | Skipped> {
  yield* missing
  for (const net of nets) {
    for (const optimizer of optimizers) yield* oneCase(net, optimizer)
  }
  for (const contender of [...ours, ...peers]) contender.close()
}

async function* oneCase(
  net: Net,
  optimizer: TrainingTask['optimizer'],
): AsyncGenerator<TrainingFigure | LimitShare | ProductsAlone | Skipped> {
  const name = `${optimizer} ${net.name}`
  const measured: Measured[] = []
  let reference: readonly number[] | undefined
  for (const contender of [...ours, ...peers]) {
    const prepared = await prepare(contender, net, optimizer, reference)
    if ('reason' in prepared) {
      yield { case: name, ...prepared }
      continue
    }
    reference ??= prepared.losses
    const role = ours.includes(contender) ? 'ours' : 'peer'
    const { elapsed, productsElapsed } = prepared.run
    const fullName = fullNameOf(contender)
    measured.push({ role, contender, name: fullName, elapsed })
    if (productsElapsed === undefined) continue
    measured.push({ role: 'products', contender, name: `products of ${fullName}`, elapsed: productsElapsed })
  }
  for (const contender of peers) {
    const { product } = contender
    if (product === undefined) continue
    const elapsed = (calls: number): Promise<number> => product(peakSize, calls)
    measured.push({ role: 'peak', contender, name: `product of ${fullNameOf(contender)}`, elapsed })
  }

  const samples: MeasuredSamples[number][] = []
  for (const [each, measuredOf] of await samplesInTurns(measured, rounds, sampleUs)) {
    if ('perCall' in measuredOf) samples.push([each, measuredOf.perCall])
    else yield { case: name, skipped: each.name, reason: reasonOf(measuredOf.failure) }
  }
  yield* trainingFigures(name, samples)
  yield* productsAlone(name, samples)
  yield* limitShares(name, stepOperations(net), samples)
}

/** A contender's steps ready to be timed, and its first losses; unless those are other than the reference's. */
async function prepare(
  contender: TrainingContender,
  net: Net,
  optimizer: TrainingTask['optimizer'],
  reference: readonly number[] | undefined,
): Promise<{ readonly run: TrainingRun; readonly losses: readonly number[] } | Skipped> {
  const skip = (reason: string): Skipped => ({ skipped: fullNameOf(contender), reason })
  try {
    const checked = await contender.setUp({ net, optimizer, learningRate: checkedRates[optimizer] })
    if (checked === undefined) return skip('has no such layer')
    const losses: number[] = []
    while (losses.length < checkedSteps) {
      const start = performance.now()
      const [loss] = await checked.losses(1)
      const tookMs = performance.now() - start
      if (tookMs > longestStepMs) return skip(`takes ${Math.round(tookMs / 1000)} s a step`)
      const expected = reference?.[losses.length] ?? loss
      losses.push(loss)
      if (!(Math.abs(loss - expected) <= lossTolerance * expected)) {
        return skip(`has loss ${loss} at step ${losses.length}, not ${expected}`)
      }
    }
    if (!(losses[checkedSteps - 1] < losses[0])) return skip(`does not learn: losses ${losses.join(', ')}`)
    const run = await contender.setUp({ net, optimizer, learningRate: timedRate })
    return run === undefined ? skip('has no such layer') : { run, losses }
  } catch (error) {
    return skip(reasonOf(error))
  }
}

/** With how its threads were set up. */
function fullNameOf(contender: TrainingContender): string {
  const { setting } = contender
  return setting === undefined ? labelOf(contender) : `${labelOf(contender)} (${setting})`
}
