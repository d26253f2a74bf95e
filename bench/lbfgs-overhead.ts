import type { Counts, Minimiser, MinimiserTask } from './contenders/minimiser.ts'
import type { Overhead } from './lbfgs-figures.ts'
import { type Contender, figure, reasonOf, type Skipped, samplesInTurns } from './measure.ts'

const cases: readonly (readonly [MinimiserTask['variant'], length: number])[] = [
  ['extended', 2],
  ['extended', 100],
  ['extended', 1e3],
  ['extended', 1e4],
  ['extended', 1e5],
  ['chained', 100],
  ['chained', 1e3],
]

/** The chained ones take hundreds of iterations to this gradient, and all alike: 200 do. */
const stopping = { memory: 10, gradientTolerance: 1e-6, mostIterations: 200 }

const rounds = 15

/** Longer than elsewhere: the difference of two times is more uncertain than either. */
const sampleUs = 50_000

interface Prepared extends Contender {
  readonly counts: Counts
  close(): void
}

/** Rosenbrock's functions, minimised by ours and by the peer in turns: each a process of its own for each case. */
export async function* overheads(
  startOurs: readonly (() => Promise<Minimiser>)[],
  startPeer: () => Promise<Minimiser>,
): AsyncGenerator<Overhead | Skipped> {
  for (const [variant, length] of cases) {
    const name = `${variant} Rosenbrock ${length}`
    const task = { variant, length, ...stopping }
    const started: Prepared[] = []
    try {
      const peer = await prepare(startPeer, task, started)
      const ours = []
      for (const start of startOurs) ours.push(await prepare(start, task, started))
      yield* compared(name, ours, peer)
    } catch (error) {
      yield { case: name, skipped: 'overhead', reason: reasonOf(error) }
    }
    for (const { close } of started) close()
  }
}

async function prepare(
  start: () => Promise<Minimiser>,
  task: MinimiserTask,
  started: Prepared[],
): Promise<Prepared> {
  const { name, setUp, overhead, close } = await start()
  const prepared = { name, elapsed: overhead, counts: [0, 0] as const, close }
  started.push(prepared)
  return { ...prepared, counts: await setUp(task) }
}

async function* compared(
  name: string,
  ours: readonly Prepared[],
  peer: Prepared,
): AsyncGenerator<Overhead | Skipped> {
  const samples = await samplesInTurns([...ours, peer], rounds, sampleUs)

  function perIteration(contender: Prepared): number[] {
    const found = samples.get(contender)
    if (found === undefined || 'failure' in found) throw found?.failure
    return found.perCall.map((microseconds) => microseconds / contender.counts[0])
  }

  const [peerIterations, peerEvaluations] = peer.counts
  for (const own of ours) {
    const [iterations, evaluations] = own.counts
    yield {
      ...figure(name, perIteration(own), peer.name, perIteration(peer), 'us'),
      vectors: own.name,
      iterations,
      evaluations,
      peerIterations,
      peerEvaluations,
    }
  }
}
