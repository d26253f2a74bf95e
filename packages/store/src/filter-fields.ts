import { runRoles, type SeriesKey, seriesKeys } from '@thalweg/document'
import type { FailureReason, RunState } from './store.ts'

/** A plain property of a run that filters and sorts know. */
export type PlainField = keyof typeof plainFields

/** What a name in a filter or a sort stands for. */
export type Field =
  | { readonly kind: 'plain'; readonly name: PlainField }
  /** A leaf of the run's document. */
  | { readonly kind: 'param'; readonly path: string }
  | { readonly kind: 'metric'; readonly key: SeriesKey; readonly statistic: 'last' | 'min' | 'max' }
  | { readonly kind: 'tag' }
  | { readonly kind: 'experimentName' }

/** What may be compared with a field: `any` for leaves of documents, which may be of either type. */
export type FieldType = 'text' | 'number' | 'time' | 'any'

const plainFields = {
  id: 'text',
  experiment: 'text',
  role: 'text',
  state: 'text',
  reason: 'text',
  backend: 'text',
  attempt: 'number',
  step: 'number',
  createdAt: 'time',
  startedAt: 'time',
  finishedAt: 'time',
  trainingMs: 'number',
} as const satisfies Record<string, FieldType>

/** Short names of leaves that most filters use. */
const shortParams: ReadonlyMap<string, { readonly path: string; readonly type: FieldType }> = new Map([
  ['optimizer', { path: 'optimizer.name', type: 'text' }],
  ['dataset', { path: 'dataset.name', type: 'text' }],
  ['model', { path: 'model.name', type: 'text' }],
  ['schedule', { path: 'schedule.name', type: 'text' }],
  ['seed', { path: 'seed', type: 'number' }],
])

const metricFields: ReadonlyMap<string, Field> = new Map(
  seriesKeys.flatMap((key): [string, Field][] => [
    [`metrics.${key}`, { kind: 'metric', key, statistic: 'last' }],
    [`metrics.${key}.min`, { kind: 'metric', key, statistic: 'min' }],
    [`metrics.${key}.max`, { kind: 'metric', key, statistic: 'max' }],
  ]),
)

/** Texts that a field can have, where they are few: another one is a mistake, not an empty answer. */
export const closedTexts: ReadonlyMap<PlainField, readonly string[]> = new Map<PlainField, readonly string[]>(
  [
    ['role', runRoles],
    ['state', ['queued', 'running', 'succeeded', 'failed', 'cancelled'] satisfies RunState[]],
    ['reason', ['error', 'diverged', 'lost', 'timeout', 'limit'] satisfies FailureReason[]],
  ],
)

/** For messages. */
export const knownFields = [
  ...Object.keys(plainFields),
  ...shortParams.keys(),
  'tag',
  'experimentName',
  'params.<path in the run document>',
  ...seriesKeys.map((key) => `metrics.${key}[.min|.max]`),
].join(', ')

/** Undefined where there is no such field. Any path is a param; no run may have it. */
export function fieldNamed(name: string): { readonly field: Field; readonly type: FieldType } | undefined {
  if (isPlain(name)) return { field: { kind: 'plain', name }, type: plainFields[name] }
  if (name === 'tag' || name === 'experimentName') return { field: { kind: name }, type: 'text' }
  const short = shortParams.get(name)
  if (short !== undefined) return { field: { kind: 'param', path: short.path }, type: short.type }
  const metric = metricFields.get(name)
  if (metric !== undefined) return { field: metric, type: 'number' }
  const path = /^params\.(.+)$/.exec(name)?.[1]
  return path === undefined ? undefined : { field: { kind: 'param', path }, type: 'any' }
}

function isPlain(name: string): name is PlainField {
  return Object.hasOwn(plainFields, name)
}
