import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { ArtifactResource, Client, RunDetailsResource } from '@thalweg/client'
import type { Command } from 'commander'
import { CommandFailure } from '../command-failure.ts'
import { findRun, shortId } from '../resource-id.ts'
import { stateText } from '../run-state.ts'
import { serverAddress, serverOption } from '../server-address.ts'
import type { Surroundings } from '../surroundings.ts'
import { formatBytes } from '../terminal/byte-format.ts'

interface ModelOptions {
  readonly output?: string
  readonly server?: string
}

/** `thalweg model`: the trained model of a run as a file. */
export function addModel(program: Command, surroundings: Surroundings): void {
  program
    .command('model')
    .summary('download the trained model of a run')
    .description(
      'Download the trained model of a run that succeeded: its weights as a safetensors file, with the run document inside.',
    )
    .argument('<id>', "the run's id, or the start or end of it")
    .option('-o, --output <file>', "where to write it (default: the end of the run's id, .safetensors)")
    .addOption(serverOption())
    .addHelpText('after', '\nExample:\n  thalweg model 4f1c09ab -o digits.safetensors')
    .action((id: string, options: ModelOptions) => model(id, options, surroundings))
}

async function model(id: string, options: ModelOptions, surroundings: Surroundings): Promise<void> {
  const client = surroundings.connect(serverAddress(options.server, surroundings))
  const run = await client.run((await findRun(client, id)).id)
  const artifact = run.artifacts.find(({ name }) => name === 'model.safetensors')
  if (artifact === undefined) throw new CommandFailure(noModel(run), 1)
  const shownAs = options.output ?? `${shortId(run.id)}.safetensors`
  await download(client, run.id, artifact, path.resolve(surroundings.directory, shownAs), shownAs)
  surroundings.stdout.write(`Run ${run.id}: its model is in ${shownAs} (${formatBytes(artifact.bytes)}).\n`)
}

function noModel(run: RunDetailsResource): string {
  const why = run.message === undefined ? '' : ` (${run.message})`
  return `run ${run.id} has no model: ${stateText(run)}${why}`
}

/** Under another name until all of it is there, so that nothing half stands under its own. */
async function download(
  client: Client,
  runId: string,
  { id, sha256 }: ArtifactResource,
  file: string,
  shownAs: string,
): Promise<void> {
  const unfinished = `${file}.part`
  const hash = createHash('sha256')
  async function* hashed(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      hash.update(chunk)
      yield chunk
    }
  }
  try {
    await pipeline(await client.artifact(runId, id), hashed, createWriteStream(unfinished))
    if (hash.digest('hex') !== sha256) {
      throw new CommandFailure('what came is not what the service keeps: its SHA-256 differs', 1)
    }
    await rename(unfinished, file)
  } catch (error) {
    await rm(unfinished, { force: true })
    throw writingFault(error, shownAs)
  }
}

const writingFaults = new Map([
  ['ENOENT', 'there is no such folder'],
  ['ENOTDIR', 'there is no such folder'],
  ['EISDIR', 'it is a folder'],
  ['EACCES', 'permission denied'],
  ['ENOSPC', 'the disk is full'],
])

function writingFault(error: unknown, shownAs: string): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const fault = writingFaults.get(code)
  return fault === undefined ? error : new CommandFailure(`cannot write ${shownAs}: ${fault}`, 2)
}
