import { expand } from '@thalweg/document'
import { openStore, type Store } from '@thalweg/store'
import { createApp } from '../src/app.ts'
import type { Predictor } from '../src/prediction/predictor.ts'

/** The HTTP API over a store in memory: no port, no workers. */
export async function testService(
  options: {
    readonly dataDirectory?: string
    readonly store?: Partial<Store>
    readonly predict?: Predictor['predict']
  } = {},
) {
  let nowMs = Date.UTC(2026, 0, 2, 3, 4, 5, 6)
  const store: Store = { ...(await openStore({ path: ':memory:', now: () => nowMs++ })), ...options.store }
  const state = { draining: false }
  const wakes: string[] = []
  const cancelled: string[] = []
  const log: string[] = []
  const app = createApp({
    store,
    dataDirectory: options.dataDirectory,
    dispatcher: { wake: () => wakes.push('wake'), cancel: (runId) => cancelled.push(runId) },
    predictor: { predict: options.predict ?? (() => Promise.reject(new Error('nothing predicts here'))) },
    isDraining: () => state.draining,
    log: (line) => log.push(line),
  })
  const get = (path: string, headers: Record<string, string> = {}) => app.request(path, { headers })
  const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    app.request(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
  return { app, store, state, wakes, cancelled, log, get, post }
}

/** An experiment of two optimizers on points in the plane, two seeds each. */
export const experiment = {
  name: 'two optimizers',
  run: { dataset: { name: 'spirals' }, optimizer: { name: 'sgd' } },
  vary: { optimizer: [{ name: 'sgd', learningRate: 0.5 }, { name: 'adam' }] },
  seeds: [1, 2],
}

/** Stores the experiment, with these seeds and these parts of its run, past the HTTP API. */
export async function submitTo(
  store: Store,
  seeds: readonly number[],
  more: { readonly threads?: number } = {},
): Promise<readonly string[]> {
  const expansion = expand({ ...experiment, run: { ...experiment.run, ...more }, vary: {}, seeds })
  if (!expansion.ok) throw new Error(JSON.stringify(expansion.faults))
  const { id } = await store.submit(expansion.experiment, expansion.runs)
  const { items } = await store.runs({ filter: `experiment = "${id}"`, sort: 'id' })
  return items.map((run) => run.id)
}
