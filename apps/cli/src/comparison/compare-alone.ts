import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { ExperimentDocument } from '@thalweg/document'
import { backendOf } from '../backend-setting.ts'
import { CommandFailure, interruptedExitCode } from '../command-failure.ts'
import { createProgress } from '../progress/progress.ts'
import { watchExperiment } from '../progress/watch-experiment.ts'
import { requireSuccess } from '../run-failures.ts'
import { defaultHost } from '../server-address.ts'
import { withStopSignal } from '../stop-signal.ts'
import type { Surroundings } from '../surroundings.ts'
import { countOf } from '../terminal/count.ts'
import { type ReportOptions, writeComparisonReport } from './comparison-report.ts'

export interface CompareAloneOptions {
  readonly dataDirectory: string | undefined
  readonly report: ReportOptions
  /** Written after the comparison, before a failure of its runs is told. */
  readonly farewell?: string
}

/**
 * The whole way once: starts a service on a free port with a temporary database, submits the experiment through its
 * HTTP API, watches it, writes the comparison, and leaves nothing behind.
 */
export async function compareAlone(
  document: ExperimentDocument,
  options: CompareAloneOptions,
  surroundings: Surroundings,
): Promise<void> {
  const backend = backendOf(surroundings)
  const folder = await mkdtemp(path.join(tmpdir(), 'thalweg-alone-'))
  try {
    await withStopSignal(surroundings, async (signal) => {
      const server = await surroundings.startServer({
        host: defaultHost,
        port: 0,
        databasePath: path.join(folder, 'thalweg.db'),
        dataDirectory: options.dataDirectory,
        ...(backend === undefined ? {} : { backend }),
      })
      try {
        await compareAt(server.url, document, options, signal, surroundings)
      } finally {
        await server.close()
      }
    })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function compareAt(
  url: string,
  document: ExperimentDocument,
  { report, farewell }: CompareAloneOptions,
  signal: AbortSignal,
  surroundings: Surroundings,
): Promise<void> {
  const client = surroundings.connect(url)
  const { id, runs: ids } = await client.submit(document)
  surroundings.stderr.write(`${document.name}: training ${countOf(ids.length, 'network')} at ${url}\n\n`)
  const progress = createProgress(ids.length, document, surroundings)
  const { runs, complete } = await watchExperiment(
    { client, experimentId: id, document, progress, intervalMs: 250, signal },
    surroundings,
  )
  if (!complete) throw new CommandFailure('interrupted; nothing is kept', interruptedExitCode)
  surroundings.stderr.write('\n')
  await writeComparisonReport(client, { runs, document }, report, surroundings)
  if (farewell !== undefined) surroundings.stdout.write(`\n${farewell}\n`)
  requireSuccess(runs, document)
}
