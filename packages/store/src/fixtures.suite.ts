import {
  type ExpandedRun,
  type ExperimentDocument,
  type ExperimentInput,
  expand,
  type RecordedKey,
} from '@thalweg/document'
import type { ClaimedRun, Fence, Point, Report, RunDetails, Store } from './store.ts'

/** Opens an empty store that takes its time from `now`. */
export type OpenStore = (now: () => number) => Promise<Store>

export interface Expanded {
  readonly experiment: ExperimentDocument
  readonly runs: readonly ExpandedRun[]
}

export function expanded(input: Partial<ExperimentInput> = {}): Expanded {
  const run = { dataset: { name: 'spirals' }, optimizer: { name: 'adam' } }
  const expansion = expand({ name: 'an experiment', run, ...input })
  if (!expansion.ok) throw new Error(expansion.faults.map(({ message }) => message).join('; '))
  return expansion
}

export async function submit(store: Store, input: Partial<ExperimentInput> = {}) {
  const { experiment, runs } = expanded(input)
  return store.submit(experiment, runs)
}

export async function claimed(store: Store, owner = 'worker'): Promise<ClaimedRun> {
  const run = await store.claim(owner, leaseMs)
  if (run === undefined) throw new Error('nothing is queued')
  return run
}

export function reportOf(points: readonly Point[], more: Partial<Report> = {}): Report {
  return { points, step: 1, totalSteps: 10, trainingMs: 5, ...more }
}

export function curve(key: RecordedKey, values: readonly number[], firstStep = 1): readonly Point[] {
  return values.map((value, place) => ({ key, step: firstStep + place, value }))
}

export const leaseMs = 1000

export async function runOf(store: Store, { runId }: Fence): Promise<RunDetails> {
  const run = await store.run(runId)
  if (run === undefined) throw new Error(`no run ${runId}`)
  return run
}

/** Numbers in [0, 1), the same for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
