import type { Client, ExperimentResource, RunResource } from '@thalweg/client'
import type { Command } from 'commander'
import { integerFrom } from '../command-arguments.ts'
import { runLabel } from '../comparison/run-label.ts'
import { lastValue } from '../metric.ts'
import { stepText } from '../progress/progress-text.ts'
import { shortId } from '../resource-id.ts'
import { stateText } from '../run-state.ts'
import { serverAddress, serverOption, suggestion } from '../server-address.ts'
import type { Surroundings } from '../surroundings.ts'
import { ageText } from '../terminal/age.ts'
import { coloursFor } from '../terminal/colours.ts'
import { formatPercent } from '../terminal/number-format.ts'
import { type Column, renderTable } from '../terminal/table.ts'
import { tableWidth } from '../terminal/terminal-width.ts'

interface RunsOptions {
  readonly filter?: string
  readonly sort?: string
  readonly limit: number
  readonly cursor?: string
  readonly server?: string
  readonly json?: boolean
}

/** `thalweg runs`: what the service has done and is doing. */
export function addRuns(program: Command, surroundings: Surroundings): void {
  program
    .command('runs')
    .summary('list runs')
    .description('List runs, the newest first.')
    .option('--filter <expression>', 'only runs for which this holds')
    .option('--sort <fields>', 'fields separated by commas, - before one for falling order')
    .option('--limit <number>', 'how many to list', integerFrom(1, 1000), 20)
    .option('--cursor <cursor>', 'go on where an earlier list ended, with the same filter and sort')
    .option('--json', 'print the runs as the service tells them, in JSON')
    .addOption(serverOption())
    .addHelpText(
      'after',
      `
Fields: id, experiment, experimentName, role, state, reason, backend, step, createdAt, optimizer, dataset, seed, tag, params.<path>, metrics.<series>.

Examples:
  thalweg runs --filter 'optimizer = "adam" AND metrics.validation.accuracy > 0.9'
  thalweg runs --filter 'state IN ("queued", "running")'
  thalweg runs --sort -metrics.validation.accuracy --limit 5`,
    )
    .action((options: RunsOptions) => listRuns(options, surroundings))
}

async function listRuns(options: RunsOptions, surroundings: Surroundings): Promise<void> {
  const { stdout, environment } = surroundings
  const address = serverAddress(options.server, surroundings)
  const client = surroundings.connect(address)
  const { filter, sort, limit, cursor } = options
  const page = await client.runs({
    limit,
    ...(filter === undefined ? {} : { filter }),
    ...(sort === undefined ? {} : { sort }),
    ...(cursor === undefined ? {} : { cursor }),
  })
  if (options.json === true) {
    stdout.write(`${JSON.stringify(page, null, 2)}\n`)
    return
  }
  if (page.items.length === 0) {
    stdout.write(filter === undefined ? 'There are no runs yet.\n' : 'No run fits the filter.\n')
    return
  }
  const experiments = await experimentsOf(client, page.items)
  const rows = page.items.map((run) => row(run, experiments.get(run.experimentId), surroundings))
  stdout.write(renderTable(columns, rows, coloursFor(stdout, environment), tableWidth(stdout)))
  if (page.nextCursor !== undefined) {
    stdout.write(`\nMore: the same command with --cursor ${page.nextCursor}\n`)
  }
  const [first] = page.items
  if (first !== undefined && stdout.isTTY === true) {
    stdout.write(`\nLook at one: ${suggestion(surroundings, `show ${shortId(first.id)}`, address)}\n`)
  }
}

const columns: readonly Column[] = [
  { title: 'run' },
  { title: 'experiment' },
  { title: 'variation' },
  { title: 'state' },
  { title: 'step', align: 'right' },
  { title: 'val. acc.', align: 'right' },
  { title: 'created', align: 'right' },
]

function row(
  run: RunResource,
  experiment: ExperimentResource | undefined,
  { stdout, now }: Surroundings,
): readonly string[] {
  const name = experiment?.name ?? '-'
  const accuracy = lastValue(run, 'validation.accuracy')
  return [
    shortId(run.id),
    // Nothing is cut for a pipe.
    stdout.isTTY === true ? shortened(name) : name,
    runLabel(run, experiment?.document ?? { vary: {}, seeds: [] }),
    stateText(run),
    stepText(run),
    accuracy === undefined ? '-' : formatPercent(accuracy),
    `${ageText(run.createdAt, now())} ago`,
  ]
}

const nameWidth = 32

function shortened(name: string): string {
  return name.length <= nameWidth ? name : `${name.slice(0, nameWidth - 1)}…`
}

/** A list of runs comes from few experiments. */
async function experimentsOf(
  client: Client,
  runs: readonly RunResource[],
): Promise<ReadonlyMap<string, ExperimentResource>> {
  const ids = [...new Set(runs.map(({ experimentId }) => experimentId))]
  const experiments = await Promise.all(ids.map((id) => client.experiment(id)))
  return new Map(experiments.map((experiment) => [experiment.id, experiment]))
}
