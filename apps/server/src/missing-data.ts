import { findMissingFiles } from '@thalweg/datasets/node'
import type { DocumentFault, ExpandedRun, ExperimentDocument } from '@thalweg/document'

/**
 * The files of data sets that runs of this experiment would not find in `directory`, as faults of the document: told
 * at once, not hours later by a failed run.
 */
export async function missingDataFaults(
  experiment: ExperimentDocument,
  runs: readonly ExpandedRun[],
  directory: string | undefined,
): Promise<readonly DocumentFault[]> {
  const datasets = new Map(runs.map((run) => [keyOf(run, pointerOf(experiment, run)), run]))
  const faults = await Promise.all(
    [...datasets.values()].map(async (run) =>
      (await findMissingFiles(run.document.dataset, directory)).map(
        ({ reason, message }): DocumentFault => ({
          pointer: pointerOf(experiment, run),
          code: reason,
          message,
        }),
      ),
    ),
  )
  return faults.flat()
}

/** Runs of the same files at the same place in the document are looked at once: folds and seeds are of the same. */
function keyOf({ document }: ExpandedRun, pointer: string): string {
  const { fold: _, seed: _seed, ...files } = document.dataset
  return JSON.stringify([pointer, files])
}

/** Where the run's data set stands: with the student, the axis that replaced it or a part of it, or the run that all share. */
function pointerOf(experiment: ExperimentDocument, { variation, role }: ExpandedRun): string {
  const isStudent = role === 'student' || role === 'baseline'
  const { distill } = experiment
  if (isStudent && distill !== undefined && Object.hasOwn(distill.run, 'dataset'))
    return '/distill/run/dataset'
  const path = Object.keys(variation).find((key) => key === 'dataset' || key.startsWith('dataset.'))
  if (path === undefined) return '/run/dataset'
  const chosen = JSON.stringify(variation[path])
  const index = experiment.vary[path]?.findIndex((value) => JSON.stringify(value) === chosen)
  return `/vary/${path}/${index}`
}
