import { memberName } from '@thalweg/document'
import type { EnsembleInput } from '@thalweg/engine'
import type { Artifact, ClaimedRun, RunInput, Store } from '@thalweg/store'
import { artifactBytes } from './artifact-bytes.ts'

/** What a worker is given at once: all of it is in memory twice while it is sent. */
export const mostInputBytes = 512 * 2 ** 20

/** What a run gets from those that it depends on, or why it cannot have it. */
export type RunInputs =
  | { readonly members: readonly EnsembleInput[]; readonly teacher: Uint8Array | undefined }
  | { readonly reason: 'error' | 'limit'; readonly message: string }

/** Reads the models that a run needs of others. */
export async function runInputs(store: Store, { document, inputs }: ClaimedRun): Promise<RunInputs> {
  if (document.ensemble !== undefined) return membersOf(store, inputs)
  const [ensemble] = inputs
  return ensemble === undefined ? { members: [], teacher: undefined } : teacherOf(store, ensemble)
}

async function membersOf(store: Store, inputs: readonly RunInput[]): Promise<RunInputs> {
  const wanted = inputs.map((input) => ({
    input,
    files: input.artifacts.filter((file) => isModel(input, file)),
  }))
  const bytes = wanted.flatMap(({ files }) => files).reduce((sum, file) => sum + file.bytes, 0)
  if (bytes > mostInputBytes) {
    const [size, most] = [bytes, mostInputBytes].map((each) => Math.ceil(each / 2 ** 20))
    return { reason: 'limit', message: `its members' models have ${size} MiB together; at most ${most}` }
  }
  const members: EnsembleInput[] = []
  for (const { input, files } of wanted) {
    const models = []
    for (const file of files)
      models.push({ name: file.name, data: await artifactBytes(store, input.runId, file) })
    members.push({
      name: memberName(input),
      state: endState(input),
      ...(input.state !== 'succeeded' && { message: detailOf(input) }),
      document: input.document,
      models,
    })
  }
  return { members, teacher: undefined }
}

async function teacherOf(store: Store, ensemble: RunInput): Promise<RunInputs> {
  if (ensemble.state !== 'succeeded') {
    const message = `the ensemble that it was to learn from has no model: ${whyNot(ensemble)}`
    return { reason: 'error', message }
  }
  const file = ensemble.artifacts.find(({ name }) => name === 'model.safetensors')
  if (file === undefined) {
    const why = ensemble.message === undefined ? '' : `: ${ensemble.message}`
    return { reason: 'error', message: `the ensemble that it was to learn from kept no model${why}` }
  }
  return { members: [], teacher: await artifactBytes(store, ensemble.runId, file) }
}

/** Whether a run's file may be a member; what it keeps beside these is not sent along. */
function isModel({ document }: RunInput, { name }: Artifact): boolean {
  if (name === 'averaged.safetensors') return false
  return name.endsWith('.safetensors') && (document.snapshots === undefined || name !== 'model.safetensors')
}

function endState({ state }: RunInput): EnsembleInput['state'] {
  if (state === 'queued' || state === 'running')
    throw new Error('a run was claimed before its inputs had ended')
  return state
}

/** Why it did not succeed, beside its state. */
function detailOf({ reason, message }: RunInput): string | undefined {
  if (reason === undefined || reason === 'error') return message
  return message === undefined ? reason : `${reason}: ${message}`
}

function whyNot({ state, reason, message }: RunInput): string {
  const what = reason === undefined || reason === 'error' ? state : reason
  return message === undefined ? what : `${what}: ${message}`
}
