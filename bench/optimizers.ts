import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { child } from './contenders/child.ts'
import { deepbox } from './contenders/deepbox.ts'
import { installPeers } from './contenders/installed.ts'
import { plainLoops } from './contenders/plain-loops.ts'
import { pytorch } from './contenders/pytorch.ts'
import { tensorflow } from './contenders/tensorflow.ts'
import { thalweg } from './contenders/thalweg.ts'
import { startValue, type Trainer, type Training } from './contenders/trainer.ts'
import {
  type Contender,
  callsPerSample,
  compare,
  type Figure,
  figure,
  reasonOf,
  type Skipped,
} from './measure.ts'

const lengths = [1e4, 1e6, 1e7]
const names = ['sgd', 'momentum', 'nesterov', 'adagrad', 'rmsprop', 'adam', 'adamw']

const loaders: Readonly<Record<string, () => Promise<Trainer>>> = {
  PyTorch: pytorch,
  'TensorFlow.js wasm': tensorflow,
  Deepbox: deepbox,
  'plain JavaScript loop': async () => plainLoops(),
}

const peers: Trainer[] = []
const missing: Skipped[] = []

/** Loads the peers, and says which there are. */
export async function versions(): Promise<Readonly<Record<string, string>>> {
  try {
    installPeers()
  } catch (error) {
    console.error(`the peers were not installed: ${reasonOf(error)}`)
  }
  for (const [name, load] of Object.entries(loaders)) {
    try {
      peers.push(await load())
    } catch (error) {
      missing.push({ skipped: name, reason: reasonOf(error) })
    }
  }
  const known = [thalweg('Thalweg', 'allocated'), ...peers].filter(({ version }) => version !== '')
  return Object.fromEntries(known.map(({ name, version }) => [name, version]))
}

/** One update of a flat f32 tensor beside the peers', and what an update depends on. */
export async function* figures(): AsyncGenerator<Figure | Skipped> {
  yield* missing
  for (const length of lengths) yield* besidePeers(length)
  for (const length of lengths) yield* foreignArrays(length)
  for (const length of lengths) yield* flagsByDefault(length)
  yield* firstCall()
  for (const peer of peers) peer.close()
}

async function* besidePeers(length: number): AsyncGenerator<Figure | Skipped> {
  const ours = thalweg('Thalweg', 'allocated')
  for (const name of names) {
    const caseName = `${name} ${length}`
    const reference = await firstSteps(ours, name)
    const training = await ours.setUp(name, length)
    if (reference === undefined || training === undefined) {
      yield { case: caseName, skipped: 'Thalweg', reason: 'has no such optimizer' }
      continue
    }
    const contenders: Contender[] = []
    for (const peer of peers) {
      const prepared = await prepare(peer, name, length, reference)
      if ('reason' in prepared) yield { case: caseName, ...prepared }
      else contenders.push(contender(peer.name, prepared))
    }
    yield* compare(caseName, contender(ours.name, training), contenders, roundsFor(length))
  }
}

/** The peer's training, unless there is none or it does something else. */
async function prepare(
  peer: Trainer,
  name: string,
  length: number,
  reference: readonly number[],
): Promise<Training | Skipped> {
  try {
    const values = await firstSteps(peer, name)
    const agrees = values?.every((value, index) => {
      const expected = reference[index]
      return Math.abs(value - expected) <= 0.01 * Math.abs(expected - startValue)
    })
    if (agrees === false) return { skipped: peer.name, reason: `gets ${values}, not ${reference}` }
    const training = await peer.setUp(name, length)
    return training ?? { skipped: peer.name, reason: 'has no such optimizer' }
  } catch (error) {
    return { skipped: peer.name, reason: reasonOf(error) }
  }
}

/** The first parameters of a small tensor after a few steps. */
async function firstSteps(trainer: Trainer, name: string): Promise<readonly number[] | undefined> {
  const training = await trainer.setUp(name, 64)
  await training?.elapsed(10)
  return training?.first(4)
}

/** Arrays in memory of their own, which are copied through a small buffer. */
async function* foreignArrays(length: number): AsyncGenerator<Figure | Skipped> {
  const [own, foreign] = [thalweg('Thalweg', 'allocated'), thalweg('Thalweg, foreign arrays', 'foreign')]
  const [ours, peer] = await Promise.all([own, foreign].map((trainer) => adam(trainer, length)))
  yield* compare(`adam ${length}, foreign arrays`, ours, [peer], roundsFor(length))
}

/** What users get, who set no flag of V8, beside what the service's workers get: a fresh process each round. */
async function* flagsByDefault(length: number): AsyncGenerator<Figure | Skipped> {
  const script = fileURLToPath(new URL('./contenders/serve.ts', import.meta.url))
  const flags = [[], ['--no-liftoff']]
  const [early, warm]: number[][][] = [flags.map(() => []), flags.map(() => [])]
  const measuresEarly = length < 1e7
  for (let round = 0; round < 9; round++) {
    for (const [index, flag] of flags.entries()) {
      const words = ['--conditions=@thalweg/source', ...flag, script]
      const trainer = await child('Thalweg', { command: process.execPath, arguments: words })
      const work = await adam(trainer, length)
      await work.elapsed(1)
      if (measuresEarly) early[index].push((await work.elapsed(100)) / 100)
      const calls = await callsPerSample(work, 100_000)
      warm[index].push((await work.elapsed(calls)) / calls)
      trainer.close()
    }
  }
  const name = `adam ${length}, V8's flags by default`
  if (measuresEarly)
    yield figure(`${name} in steps 2 to 101`, early[0], 'Thalweg, --no-liftoff', early[1], 'us')
  yield figure(`${name} after 100 ms`, warm[0], 'Thalweg, --no-liftoff', warm[1], 'us')
}

/** From a loaded library to the end of the first step, in fresh processes. */
async function* firstCall(): AsyncGenerator<Figure | Skipped> {
  const script = fileURLToPath(new URL('./first-call.ts', import.meta.url))
  const [built, source] = ['dist/index.js', 'src/index.ts'].map(
    (path) => new URL(`../packages/optimizers/${path}`, import.meta.url).href,
  )
  const isBuilt = existsSync(fileURLToPath(built))
  const ourWords = isBuilt
    ? [script, 'thalweg', built]
    : ['--conditions=@thalweg/source', script, 'thalweg', source]
  const name = `adam 1000, first call${isBuilt ? '' : ' from source'}`
  const peerName = 'TensorFlow.js wasm'
  const [ours, theirs]: number[][] = [[], []]
  try {
    for (let round = 0; round < 5; round++) {
      ours.push(await printedNumber(ourWords))
      theirs.push(await printedNumber([script, 'tensorflow']))
    }
  } catch (error) {
    yield { case: name, skipped: peerName, reason: reasonOf(error) }
    return
  }
  yield figure(name, ours, peerName, theirs, 'ms')
}

async function printedNumber(words: readonly string[]): Promise<number> {
  const { stdout } = await promisify(execFile)(process.execPath, words)
  return Number(stdout)
}

async function adam(trainer: Trainer, length: number): Promise<Contender> {
  const training = await trainer.setUp('adam', length)
  if (training === undefined) throw new Error(`${trainer.name} has no adam`)
  return contender(trainer.name, training)
}

function contender(name: string, training: Training): Contender {
  return { name, elapsed: (calls) => training.elapsed(calls) }
}

function roundsFor(length: number): number {
  return length < 1e7 ? 15 : 9
}
