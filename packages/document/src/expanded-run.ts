import type { RunDocument } from './run.ts'

/** What runs are to an experiment: one of a comparison, or a part of an ensemble and what is made of it. */
export const runRoles = ['run', 'member', 'ensemble', 'student', 'baseline'] as const
export type RunRole = (typeof runRoles)[number]

/** One run of an experiment: its document, and what sets it apart from its siblings. */
export interface ExpandedRun {
  readonly document: RunDocument
  /** Dotted path -> the value chosen on that axis; empty where nothing varies. */
  readonly variation: Readonly<Record<string, unknown>>
  readonly role: RunRole
  /** Places in the list of the runs that must have ended before it starts. */
  readonly dependsOn: readonly number[]
}

/** A short name of a run among the members of its ensemble: `seed 1`, `optimizer.name=adam, seed 2, fold 3`. */
export function memberName({ document, variation }: Pick<ExpandedRun, 'document' | 'variation'>): string {
  const { seed, dataset } = document
  return [
    ...Object.entries(variation).map(([path, value]) => `${path}=${JSON.stringify(value)}`),
    `seed ${seed}`,
    ...(dataset.fold === undefined ? [] : [`fold ${dataset.fold.index + 1}`]),
  ].join(', ')
}
