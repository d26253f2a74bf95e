import type { Command } from 'commander'
import { compareAlone } from '../comparison/compare-alone.ts'
import { readComparisonExperiment } from '../comparison/comparison-experiment.ts'
import type { ReportOptions } from '../comparison/comparison-report.ts'
import type { Surroundings } from '../surroundings.ts'

/** `thalweg demo`: the whole way once, leaving nothing behind. */
export function addDemo(program: Command, surroundings: Surroundings): void {
  program
    .command('demo')
    .summary('compare six optimizers, now')
    .description(
      'Start a service on a free port with a temporary database, train a small network on spirals with six optimizers through its HTTP API, compare them, and remove everything again.',
    )
    .addHelpText('after', '\nExample:\n  thalweg demo')
    .action(() => demo(surroundings))
}

async function demo(surroundings: Surroundings): Promise<void> {
  const document = await readComparisonExperiment()
  const farewell = `To keep results and submit your own experiments: ${surroundings.program} start`
  await compareAlone(document, { dataDirectory: undefined, report, farewell }, surroundings)
}

/** Most of the curve happens early and near 0; the mean over an epoch of 8 batches takes their noise away. */
const report: ReportOptions = { keys: ['train.loss'], smoothing: 8, logarithmic: true }
