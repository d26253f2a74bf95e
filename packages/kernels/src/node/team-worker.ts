// A thread of a team: takes modules, and runs them when it is told to.
import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { blasGemm } from './blas-gemm.ts'
import { loadBlas } from './blas-library.ts'

/** What a thread starts with. */
export interface TeamWorkerData {
  readonly memory: WebAssembly.Memory
  /** `next` waits for a command and gives it; `done` waits until all are through. */
  readonly loop: WebAssembly.Module
  /** Commands that are no job. */
  readonly stop: number
  readonly take: number
  readonly blasPath: string | undefined
}

/** The next job: its code, and the functions that it wants, by the names of `importedFunctions`. */
export interface ModuleMessage {
  readonly module: WebAssembly.Module
  readonly functions: readonly (readonly [wantedAs: string, name: string])[]
}

const { memory, loop, stop, take, blasPath } = workerData as TeamWorkerData
const port = parentPort
if (port === null) throw new TypeError('team-worker: this file is the code of a thread')
const functions = importedFunctions()
const { next, done } = instantiate<'next' | 'done'>(loop, [])
const jobs: (() => void)[] = []
port.postMessage('ready')
for (let command = next(); command !== stop; command = next()) {
  if (command === take) jobs.push(takeJob(port))
  else jobs[command - 1]()
  done()
}
port.close()

function takeJob(from: MessagePort): () => void {
  const received = receiveMessageOnPort(from)
  if (received === undefined) throw new TypeError('team-worker: told to take a module, but none was sent')
  const { module, functions: wanted } = received.message as ModuleMessage
  return instantiate<'run'>(module, wanted).run
}

function importedFunctions(): ReadonlyMap<string, (...values: number[]) => unknown> {
  const known = new Map<string, (...values: number[]) => unknown>([
    ['Math.exp', Math.exp],
    ['Math.log', Math.log],
    ['Math.pow', Math.pow],
  ])
  if (blasPath === undefined) return known
  const loaded = loadBlas({ library: blasPath })
  if (!loaded.found) throw new Error(`team-worker: ${loaded.reason}`)
  const { f32, f64 } = blasGemm(loaded.library, memory)
  return known
    .set('blas.f32', f32 as (...values: number[]) => void)
    .set('blas.f64', f64 as (...values: number[]) => void)
}

function instantiate<N extends string>(
  module: WebAssembly.Module,
  wanted: ModuleMessage['functions'],
): Readonly<Record<N, () => number>> {
  const entries = wanted.map(([wantedAs, name]) => {
    const found = functions.get(name)
    if (found === undefined) throw new TypeError(`team-worker: no function ${name}`)
    return [wantedAs, found]
  })
  const { exports } = new WebAssembly.Instance(module, { js: { memory, ...Object.fromEntries(entries) } })
  return exports as Record<N, () => number>
}
