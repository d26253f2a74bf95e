import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Command } from 'commander'
import { CommandFailure, interruptedExitCode } from '../command-failure.ts'
import { readComparisonExperiment } from '../comparison-experiment.ts'
import { type ReportOptions, writeComparisonReport } from '../comparison-report.ts'
import { createProgress } from '../progress.ts'
import { requireSuccess } from '../run-failures.ts'
import { defaultHost } from '../server-address.ts'
import { withStopSignal } from '../stop-signal.ts'
import type { Surroundings } from '../surroundings.ts'
import { watchExperiment } from '../watch-experiment.ts'

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
  const folder = await mkdtemp(path.join(tmpdir(), 'thalweg-demo-'))
  try {
    await withStopSignal(surroundings, async (signal) => {
      const server = await surroundings.startServer({
        host: defaultHost,
        port: 0,
        databasePath: path.join(folder, 'thalweg.db'),
        dataDirectory: undefined,
      })
      try {
        await compare(document, server.url, signal, surroundings)
      } finally {
        await server.close()
      }
    })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function compare(
  document: Awaited<ReturnType<typeof readComparisonExperiment>>,
  url: string,
  signal: AbortSignal,
  surroundings: Surroundings,
): Promise<void> {
  const client = surroundings.connect(url)
  const { id, runs: ids } = await client.submit(document)
  surroundings.stderr.write(`${document.name}: training ${ids.length} networks at ${url}\n\n`)
  const progress = createProgress(ids.length, document, surroundings)
  const { runs, complete } = await watchExperiment(
    { client, experimentId: id, document, progress, intervalMs: 250, signal },
    surroundings,
  )
  if (!complete) throw new CommandFailure('interrupted; nothing is kept of a demo', interruptedExitCode)
  surroundings.stderr.write('\n')
  await writeComparisonReport(client, { runs, document }, report, surroundings)
  surroundings.stdout.write(
    `\nTo keep results and submit your own experiments: ${surroundings.program} start\n`,
  )
  requireSuccess(runs, document)
}

/** Most of the curve happens early and near 0; the mean over an epoch of 8 batches takes their noise away. */
const report: ReportOptions = { keys: ['train.loss'], smoothing: 8, logarithmic: true }
