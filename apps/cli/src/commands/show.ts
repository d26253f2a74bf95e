import type { Client, ExperimentResource } from '@thalweg/client'
import type { RecordedKey } from '@thalweg/document'
import { type Command, Option } from 'commander'
import { integerFrom, seriesKeyList } from '../command-arguments.ts'
import { type ReportOptions, writeComparisonReport } from '../comparison/comparison-report.ts'
import { inDocumentOrder } from '../comparison/run-label.ts'
import { experimentRuns } from '../experiment-runs.ts'
import type { Extent } from '../passes.ts'
import { findById } from '../resource-id.ts'
import { writeRunReport } from '../run-report.ts'
import { runStates } from '../run-state.ts'
import { serverAddress, serverOption } from '../server-address.ts'
import type { Surroundings } from '../surroundings.ts'
import { countOf } from '../terminal/count.ts'

interface ShowOptions {
  readonly keys?: readonly RecordedKey[]
  readonly smooth: number
  readonly log?: boolean
  readonly by?: Extent
  readonly server?: string
  readonly json?: boolean
}

/** `thalweg show`: one run or one experiment. */
export function addShow(program: Command, surroundings: Surroundings): void {
  program
    .command('show')
    .summary('look at a run or an experiment')
    .description(
      'Show a run with its metrics and loss curve, or an experiment with the comparison of its runs and the report of its ensemble.',
    )
    .argument('<id>', 'the id of a run or an experiment, or the start or end of it')
    .option(
      '--keys <series>',
      'curves to draw, separated by commas (default: train.loss and, of a run, validation.loss)',
      seriesKeyList,
    )
    .option('--smooth <number>', 'draw the mean of so many recorded values', integerFrom(1, 100_000), 1)
    .option('--log', 'draw on a logarithmic scale')
    .addOption(
      new Option(
        '--by <extent>',
        'what the curves of an experiment are drawn over (default: steps, or passes over the data where runs take unlike steps)',
      ).choices(['step', 'passes']),
    )
    .option('--json', 'print what the service tells, in JSON')
    .addOption(serverOption())
    .addHelpText(
      'after',
      '\nExamples:\n  thalweg show 4f1c09ab\n  thalweg show 4f1c09ab --keys train.accuracy,validation.accuracy\n  thalweg show 4f1c09ab --keys dense1.weight.gradientNorm,dense2.weight.gradientNorm\n  thalweg show 4f1c09ab --smooth 20 --log',
    )
    .action((id: string, options: ShowOptions) => show(id, options, surroundings))
}

async function show(id: string, options: ShowOptions, surroundings: Surroundings): Promise<void> {
  const client = surroundings.connect(serverAddress(options.server, surroundings))
  const found = await findById(client, id)
  if (found.kind === 'run') await showRun(client, found.run.id, options, surroundings)
  else await showExperiment(client, found.experiment, options, surroundings)
}

async function showRun(
  client: Client,
  runId: string,
  options: ShowOptions,
  surroundings: Surroundings,
): Promise<void> {
  const { keys, smooth: smoothing, log: logarithmic = false, json } = options
  const run = await client.run(runId)
  if (json === true) {
    const series = await client.series(run.id, keys === undefined ? {} : { keys })
    surroundings.stdout.write(`${JSON.stringify({ run, series }, null, 2)}\n`)
    return
  }
  const experiment = await client.experiment(run.experimentId)
  const report: ReportOptions = { keys: keys ?? ['train.loss', 'validation.loss'], smoothing, logarithmic }
  await writeRunReport(client, run, experiment.name, report, surroundings)
}

async function showExperiment(
  client: Client,
  experiment: ExperimentResource,
  options: ShowOptions,
  surroundings: Surroundings,
): Promise<void> {
  const { stdout } = surroundings
  const { document } = experiment
  const { keys = ['train.loss'], smooth: smoothing, log: logarithmic = false } = options
  const runs = inDocumentOrder(await experimentRuns(client, experiment.id), document)
  if (options.json === true) {
    const report = document.ensemble === undefined ? undefined : await client.report(experiment.id)
    stdout.write(`${JSON.stringify({ experiment, runs, report }, null, 2)}\n`)
    return
  }
  const counts = runStates
    .map((state) => ({ state, count: runs.filter((run) => run.state === state).length }))
    .filter(({ count }) => count > 0)
    .map(({ state, count }) => `${count} ${state}`)
  stdout.write(
    `Experiment ${experiment.id}: ${experiment.name}\n${countOf(runs.length, 'run')}: ${counts.join(', ')}\n\n`,
  )
  const { by: extent } = options
  const report = { keys, smoothing, logarithmic, ...(extent !== undefined && { extent }) }
  await writeComparisonReport(client, { runs, document }, report, surroundings)
}
