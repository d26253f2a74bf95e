import path from 'node:path'
import { type Command, Option } from 'commander'
import { CommandFailure, interruptedExitCode } from '../command-failure.ts'
import { compareAlone } from '../comparison/compare-alone.ts'
import { writeComparisonReport } from '../comparison/comparison-report.ts'
import { dataDirectoryOf } from '../data-directory.ts'
import { readExperimentFile } from '../experiment-file.ts'
import { createProgress } from '../progress/progress.ts'
import { watchExperiment } from '../progress/watch-experiment.ts'
import { shortId } from '../resource-id.ts'
import { requireSuccess } from '../run-failures.ts'
import { serverAddress, serverOption, suggestion } from '../server-address.ts'
import { withStopSignal } from '../stop-signal.ts'
import type { Surroundings } from '../surroundings.ts'
import { countOf } from '../terminal/count.ts'
import { isUnreachable } from '../unreachable.ts'

interface RunOptions {
  readonly server?: string
  readonly json?: boolean
  readonly alone?: boolean
}

/** `thalweg run`: submits an experiment and watches it. */
export function addRun(program: Command, surroundings: Surroundings): void {
  program
    .command('run')
    .summary('submit an experiment and watch it')
    .description('Submit an experiment, show how its runs get on, and compare them at the end.')
    .argument('<file>', 'the experiment document, JSON')
    .addOption(
      new Option('--json', 'print the experiment id and its finished runs in JSON').conflicts('alone'),
    )
    .option('--alone', 'on a service of its own, with a temporary database: nothing is kept')
    .addOption(serverOption().conflicts('alone'))
    .addHelpText(
      'after',
      '\nExamples:\n  thalweg run experiments/spirals-optimizers.json\n  thalweg run experiments/cs231n-optimizers.json --alone\n\nCtrl-C stops the watching only: the runs go on.',
    )
    .action((file: string, options: RunOptions) => run(file, options, surroundings))
}

async function run(file: string, options: RunOptions, surroundings: Surroundings): Promise<void> {
  const { stdout, stderr } = surroundings
  const document = await readExperimentFile(path.resolve(surroundings.directory, file), file)
  const report = { keys: [], smoothing: 1, logarithmic: false }
  if (options.alone === true) {
    return compareAlone(document, { dataDirectory: dataDirectoryOf(surroundings), report }, surroundings)
  }
  const address = serverAddress(options.server, surroundings)
  const client = surroundings.connect(address)
  const submitted = await client.submit(document)
  const lookAgain = suggestion(surroundings, `show ${shortId(submitted.id)}`, address)
  stderr.write(
    `Submitted "${document.name}": ${countOf(submitted.runs.length, 'run')}. Look again: ${lookAgain}\n\n`,
  )

  const { runs, complete } = await withStopSignal(surroundings, (signal) =>
    watchExperiment(
      {
        client,
        experimentId: submitted.id,
        document,
        progress: createProgress(submitted.runs.length, document, surroundings),
        intervalMs: 500,
        signal,
      },
      surroundings,
    ),
  ).catch((error: unknown) => {
    if (!isUnreachable(error)) throw error
    const message = `the service at ${address} no longer answers; started again, it goes on with the runs. Look again: ${lookAgain}`
    throw new CommandFailure(message, 1)
  })
  if (!complete) {
    throw new CommandFailure(
      `no longer watching; the runs go on. Look again: ${lookAgain}`,
      interruptedExitCode,
    )
  }
  stderr.write('\n')
  if (options.json === true) {
    stdout.write(`${JSON.stringify({ id: submitted.id, runs }, null, 2)}\n`)
  } else {
    await writeComparisonReport(client, { runs, document }, report, surroundings)
  }
  requireSuccess(runs, document)
}
