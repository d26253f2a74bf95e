import { curve, leaseMs, reportOf, seeded, submit } from './fixtures.suite.ts'
import type { Run, Store } from './store.ts'

type Value = number | string | undefined

/** What the list knows by name, read from the run itself. A NaN counts as missing. */
const numberFields: Readonly<Record<string, (run: Run) => Value>> = {
  seed: (run) => run.document.seed,
  attempt: (run) => run.attempt,
  step: (run) => run.step,
  trainingMs: (run) => run.trainingMs,
  createdAt: (run) => run.createdAtMs,
  startedAt: (run) => run.startedAtMs,
  finishedAt: (run) => run.finishedAtMs,
  'params.batchSize': (run) => run.document.batchSize,
  'params.optimizer.momentum': (run) => optimizerOf(run).momentum,
  'metrics.train.loss': (run) => there(run.metrics['train.loss']?.last),
  'metrics.train.loss.min': (run) => run.metrics['train.loss']?.min,
  'metrics.validation.accuracy.max': (run) => run.metrics['validation.accuracy']?.max,
}
export const textFields: Readonly<Record<string, (run: Run) => Value>> = {
  id: (run) => run.id,
  experiment: (run) => run.experimentId,
  state: (run) => run.state,
  reason: (run) => run.reason,
  backend: (run) => run.backend,
  optimizer: (run) => run.document.optimizer.name,
  dataset: (run) => run.document.dataset.name,
  'params.model.hidden': (run) =>
    run.document.model.name === 'mlp' ? JSON.stringify(run.document.model.hidden) : undefined,
  'params.sampling': (run) => run.document.sampling,
  'params.no.such.path': () => undefined,
}
export const fields = { ...numberFields, ...textFields }

function there(value: number | undefined): number | undefined {
  return Number.isNaN(value) ? undefined : value
}

function optimizerOf(run: Run): Readonly<Record<string, Value>> {
  return Object.fromEntries(
    Object.entries(run.document.optimizer).filter(([, value]) => typeof value !== 'object'),
  )
}

/** Runs of every state, with values missing, repeated, NaN and infinite. */
export async function fill(store: Store, tick: () => void): Promise<void> {
  const random = seeded(1)
  const specials = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  const optimizers = [
    { name: 'sgd' },
    { name: 'adam' },
    { name: 'momentum', momentum: 0.9 },
    { name: 'momentum', momentum: 0.5 },
  ]
  for (let count = 0; count < 5; count++) {
    await submit(store, {
      vary: { optimizer: optimizers, batchSize: [8, 16 + 16 * (count % 2)] },
      name: `round ${count}`,
      tags: count % 2 === 0 ? ['even'] : ['odd'],
      seeds: count === 0 ? [1, 2] : [count],
    })
    tick()
  }
  for (let count = 0; count < 40; count++) {
    const run = await store.claim('worker', leaseMs)
    if (run === undefined) break
    const value = random() < 0.3 ? specials[count % 3] : Math.floor(random() * 5) / 4
    const points =
      random() < 0.3 ? [] : [...curve('train.loss', [1, value]), ...curve('validation.accuracy', [value])]
    await store.report(
      run,
      reportOf(points, { step: count % 4, trainingMs: count % 3, ...backendOf(count) }),
      leaseMs,
    )
    tick()
    const ending = Math.floor(random() * 5)
    if (ending === 0) await store.finish(run, { state: 'failed', reason: 'error' })
    if (ending === 1) await store.finish(run, { state: 'failed', reason: 'diverged' })
    if (ending === 2) await store.finish(run, { state: 'cancelled' })
    if (ending === 3) await store.finish(run, { state: 'succeeded' })
  }
}

/** Two thirds of the runs know theirs. */
function backendOf(count: number): { readonly backend?: string } {
  return count % 3 === 0 ? {} : { backend: ['wasm', 'OpenBLAS 0.3.21'][count % 2] }
}

/** Missing last, whichever the order; then by id. */
export function sorted(runs: readonly Run[], sort: string): readonly Run[] {
  const terms = sort.split(',').map((term) => {
    const falling = term.startsWith('-')
    return { read: fields[falling ? term.slice(1) : term], sign: falling ? -1 : 1 }
  })
  return [...runs].sort((a, b) => {
    for (const { read, sign } of terms) {
      const [left, right] = [read(a), read(b)]
      if (left === right) continue
      if (left === undefined) return 1
      if (right === undefined) return -1
      return left < right ? -sign : sign
    }
    return a.id < b.id ? -1 : 1
  })
}
