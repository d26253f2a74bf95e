/** A library in a process that `training-child.ts` drives: `training-serve.ts <library>`. */
import { createInterface } from 'node:readline'
import { reasonOf } from '../measure.ts'
import type { TrainingAnswer, TrainingRequest } from './training-child.ts'
import type { TrainingLibrary, TrainingRun } from './training-contender.ts'

const libraries: Readonly<Record<string, () => Promise<TrainingLibrary>>> = {
  blas: async () => (await import('./training-thalweg.ts')).thalwegTraining('blas'),
  wasm: async () => (await import('./training-thalweg.ts')).thalwegTraining('wasm'),
  tensorflow: async () => (await import('./training-tensorflow.ts')).tensorflowTraining(),
  jax: async () => (await import('./training-jax.ts')).jaxTraining(),
  deepbox: async () => (await import('./training-deepbox.ts')).deepboxTraining(),
}

// Answers are all that goes to the output: libraries print there what they have to say about themselves.
const write = process.stdout.write.bind(process.stdout)
console.log = console.error
console.info = console.error

let library: TrainingLibrary | undefined
let run: TrainingRun | undefined

for await (const line of createInterface({ input: process.stdin })) {
  write(`${JSON.stringify(await answerOrError(JSON.parse(line)))}\n`)
}

async function answerOrError(request: TrainingRequest): Promise<TrainingAnswer> {
  try {
    return await answer(request)
  } catch (error) {
    return { error: reasonOf(error) }
  }
}

async function answer(request: TrainingRequest): Promise<TrainingAnswer> {
  library ??= await libraries[process.argv[2]]()
  if (request.ask === 'version') return { version: library.version }
  if (request.ask === 'setUp') {
    run = await library.setUp(request)
    return { known: run !== undefined }
  }
  if (request.ask === 'product' || run === undefined) return { error: `nothing answers ${request.ask}` }
  if (request.ask === 'losses') return { values: await run.losses(request.count) }
  if (request.ask === 'elapsed') return { microseconds: await run.elapsed(request.calls) }
  if (run.productsElapsed === undefined) return { error: 'its products cannot be told apart' }
  return { microseconds: await run.productsElapsed(request.calls) }
}
