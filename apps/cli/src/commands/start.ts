import path from 'node:path'
import type { Client } from '@thalweg/client'
import type { Command } from 'commander'
import { backendOf } from '../backend-setting.ts'
import { integerFrom } from '../command-arguments.ts'
import { readComparisonExperiment } from '../comparison/comparison-experiment.ts'
import { dataDirectoryOf } from '../data-directory.ts'
import { defaultHost, defaultPort, suggestion } from '../server-address.ts'
import { aborted, withStopSignal } from '../stop-signal.ts'
import type { Surroundings } from '../surroundings.ts'
import { coloursFor } from '../terminal/colours.ts'

interface StartOptions {
  readonly port: number
  readonly host: string
  readonly database: string
  readonly data?: string
  readonly workers?: number
}

/** `thalweg start`: the service, until it is told to stop. */
export function addStart(program: Command, surroundings: Surroundings): void {
  program
    .command('start')
    .summary('start the service')
    .description(
      'Start the service and keep serving. A new database gets a comparison of six optimizers as its first experiment.',
    )
    .option('--port <number>', 'port to listen on; 0 takes any free one', integerFrom(0, 65_535), defaultPort)
    .option('--host <address>', 'address to listen on', defaultHost)
    .option('--database <file>', 'database; made if it is not there', './data/thalweg.db')
    .option('--data <folder>', 'where mnist, cifar10 and csv files are (default: $THALWEG_DATA)')
    .option(
      '--workers <number>',
      'how many runs train at the same time; one of several threads counts as many',
      integerFrom(1, 256),
    )
    .addHelpText(
      'after',
      '\nExamples:\n  thalweg start\n  thalweg start --port 8080 --data ~/datasets --workers 4\n\nTHALWEG_BACKEND says what computes matrix products: wasm, wasm-relaxed, blas, or auto (default).\nCtrl-C stops it; unfinished runs go on at the next start.',
    )
    .action((options: StartOptions) => start(options, surroundings))
}

async function start(options: StartOptions, surroundings: Surroundings): Promise<void> {
  const databasePath = path.resolve(surroundings.directory, options.database)
  const dataDirectory = dataDirectoryOf(surroundings, options.data)
  const backend = backendOf(surroundings)
  // From the first moment on a signal drains, it does not kill.
  await withStopSignal(surroundings, async (signal) => {
    const server = await surroundings.startServer({
      host: options.host,
      port: options.port,
      databasePath,
      dataDirectory,
      log: (line) => surroundings.stderr.write(`${line}\n`),
      ...(options.workers === undefined ? {} : { workers: options.workers }),
      ...(backend === undefined ? {} : { backend }),
    })
    try {
      await welcome(server.url, options.database, surroundings)
      await aborted(signal)
      surroundings.stdout.write('Stopping; unfinished runs go on at the next start.\n')
    } finally {
      await server.close()
    }
  })
}

async function welcome(url: string, database: string, surroundings: Surroundings): Promise<void> {
  const { stdout, environment } = surroundings
  const colours = coloursFor(stdout, environment)
  stdout.write(`Thalweg serves at ${colours.bold(url)}; its database is ${database}.\n`)
  const first = await submitToEmpty(surroundings.connect(url))
  if (first !== undefined) stdout.write(`The database is new: training "${first}" as a first experiment.\n`)
  stdout.write('\n')
  stdout.write(`  Look at the result   ${suggestion(surroundings, 'runs', url)}\n`)
  stdout.write(`  The HTTP API         ${url}/docs\n`)
  stdout.write('  Stop                 Ctrl-C\n\n')
}

/** Gives an empty database its first experiment. Resolves to the experiment's name. */
async function submitToEmpty(client: Client): Promise<string | undefined> {
  const { items } = await client.experiments({ limit: 1 })
  if (items.length > 0) return undefined
  const experiment = await readComparisonExperiment()
  await client.submit(experiment)
  return experiment.name
}
