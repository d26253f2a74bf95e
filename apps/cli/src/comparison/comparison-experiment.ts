import type { ExperimentDocument } from '@thalweg/document'
import { readExperimentFile } from '../experiment-file.ts'

/** The first experiment of a new database, and that of `thalweg demo`; a document like any other. */
const location = new URL('../../../../experiments/spirals-optimizers.json', import.meta.url)

/** Six optimizers on the spirals of the lecture notes. */
export function readComparisonExperiment(): Promise<ExperimentDocument> {
  return readExperimentFile(location, 'experiments/spirals-optimizers.json')
}
