import type { Artifact, Store } from '@thalweg/store'

/** A file of a run, whole. Other requests are answered between its parts. Rejects where it is gone. */
export async function artifactBytes(
  store: Store,
  runId: string,
  { id, bytes }: Pick<Artifact, 'id' | 'bytes'>,
): Promise<Uint8Array> {
  const content = await store.artifact(runId, id)
  if (content === undefined) throw new Error(`artifact ${id} of run ${runId} is gone`)
  const data = new Uint8Array(bytes)
  let offset = 0
  for await (const part of content.data()) {
    data.set(part, offset)
    offset += part.length
  }
  return data
}
