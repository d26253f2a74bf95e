import { isDeepStrictEqual } from 'node:util'
import type { RunResource } from '@thalweg/client'
import { type ExperimentDocument, runRoles } from '@thalweg/document'
import { formatChosen } from '../terminal/number-format.ts'

/** What of an experiment's document decides how its runs are told apart. */
export type Variations = Pick<ExperimentDocument, 'vary' | 'seeds'>

/** What a label needs of a run. */
export type LabelledRun = Pick<RunResource, 'variation' | 'document' | 'role'>

/** Whether a run is one of those that an experiment compares; the others are made of them. */
export function isCompared({ role }: Pick<RunResource, 'role'>): boolean {
  return role === 'run' || role === 'member'
}

/** A short name of a run among its siblings: `adam`, `learningRate=1e-3 seed=2`, `student`. */
export function runLabel(run: LabelledRun, experiment: Variations): string {
  if (!isCompared(run)) return run.role
  const { seed: own, dataset } = run.document
  const seed = experiment.seeds.length > 1 ? [`seed=${own}`] : []
  const fold = dataset.fold === undefined ? [] : [`fold=${dataset.fold.index + 1}/${dataset.fold.count}`]
  const axes = axisLabels(run, experiment).map(({ name, text, bare }) => (bare ? text : `${name}=${text}`))
  const parts = [...axes, ...seed, ...fold]
  return parts.length > 0 ? parts.join(' ') : run.document.optimizer.name
}

/** The short name of a run's variation, seeds left out. */
export function variationLabel(run: LabelledRun, experiment: Variations): string {
  const { fold: _, ...dataset } = run.document.dataset
  return runLabel({ ...run, document: { ...run.document, dataset } }, { ...experiment, seeds: [] })
}

export interface AxisLabel {
  /** The dotted path that varies. */
  readonly path: string
  /** The last part of the path, or all of it where another axis ends alike. */
  readonly name: string
  /** The value chosen. */
  readonly text: string
  /** Whether the value says by itself what it is, as `adam` does. */
  readonly bare: boolean
}

/** The run's value on each axis that varies, in the order of the document. */
export function axisLabels(run: LabelledRun, experiment: Variations): readonly AxisLabel[] {
  const paths = Object.keys(experiment.vary)
  const ends = paths.map(lastPart)
  return Object.entries(experiment.vary).map(([path, values]) => {
    const end = lastPart(path)
    const value = run.variation[path]
    return {
      path,
      name: ends.filter((other) => other === end).length > 1 ? path : end,
      text: valueText(value, values),
      bare: nameOf(value) !== undefined,
    }
  })
}

/** Where the run's variation stands in the document: the index of its value on each axis, the first axis first. */
export function variationOrder(run: LabelledRun, experiment: Variations): readonly number[] {
  return Object.entries(experiment.vary).map(([path, values]) =>
    values.findIndex((value) => isDeepStrictEqual(value, run.variation[path])),
  )
}

/** The runs in the order of the document: its axes, its seeds, its folds; then what is made of them. */
export function inDocumentOrder<T extends LabelledRun>(
  runs: readonly T[],
  experiment: Variations,
): readonly T[] {
  const keyed = runs.map((run) => ({
    run,
    key: [
      isCompared(run) ? 0 : runRoles.indexOf(run.role),
      ...variationOrder(run, experiment),
      experiment.seeds.indexOf(run.document.seed),
      run.document.dataset.fold?.index ?? 0,
    ],
  }))
  keyed.sort((a, b) => {
    const axis = a.key.findIndex((index, at) => index !== b.key[at])
    return axis < 0 ? 0 : (a.key[axis] ?? 0) - (b.key[axis] ?? 0)
  })
  return keyed.map(({ run }) => run)
}

function lastPart(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1)
}

function nameOf(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || !('name' in value)) return undefined
  return typeof value.name === 'string' ? value.name : undefined
}

/** Named objects by their name, and by what differs from the others of that name. */
function valueText(value: unknown, siblings: readonly unknown[]): string {
  const name = nameOf(value)
  if (name === undefined || typeof value !== 'object' || value === null) return plainText(value)
  const namesakes = siblings.filter((sibling) => nameOf(sibling) === name).map((sibling) => leavesOf(sibling))
  const differing = [...leavesOf(value)].filter(([path, own]) =>
    namesakes.some((sibling) => !isDeepStrictEqual(sibling.get(path), own)),
  )
  return [name, ...differing.map(([path, own]) => `${lastPart(path)}=${plainText(own)}`)].join(' ')
}

/** Everything in an object that is no object itself, by dotted path; a list counts as one thing. */
function leavesOf(value: unknown, path = ''): ReadonlyMap<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return new Map([[path, value]])
  const inner = Object.entries(value).map(([key, own]) => leavesOf(own, path === '' ? key : `${path}.${key}`))
  return new Map(inner.flatMap((leaves) => [...leaves]))
}

function plainText(value: unknown): string {
  if (typeof value === 'number') return formatChosen(value)
  // A value may hold anything, a rule in several lines for one; a label is one line of text.
  if (typeof value === 'string') return value.replace(/[\p{Cc}\p{Cf}\p{Cs}\s]+/gu, ' ').trim()
  return nameOf(value) ?? JSON.stringify(value) ?? '-'
}
