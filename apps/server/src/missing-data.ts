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
  const datasets = new Map(runs.map((run) => [JSON.stringify(run.document.dataset), run]))
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

/** Where the run's data set stands: the axis that replaced it or a part of it, else the run that all share. */
function pointerOf(experiment: ExperimentDocument, { variation }: ExpandedRun): string {
  const path = Object.keys(variation).find((key) => key === 'dataset' || key.startsWith('dataset.'))
  if (path === undefined) return '/run/dataset'
  const chosen = JSON.stringify(variation[path])
  const index = experiment.vary[path]?.findIndex((value) => JSON.stringify(value) === chosen)
  return `/vary/${path}/${index}`
}
