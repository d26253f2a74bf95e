import { createHash } from 'node:crypto'
import { and, asc, eq } from 'drizzle-orm'
import { maximumArtifactBytes } from './artifact-limits.ts'
import type { Connection, Database } from './connection.ts'
import { checkBytes } from './ranges.ts'
import { artifactParts, artifacts, runs } from './schema.ts'
import type { Artifact, ArtifactContent, NewArtifact } from './store.ts'

/** Of one part: what is read, and sent, at a time. */
const artifactPartBytes = 2 ** 20

/** Stores a run's artifact, inside the caller's transaction. Throws RangeError for one that is too large. */
export function insertArtifact(
  db: Database,
  run: number,
  { name, mediaType, data }: NewArtifact,
  { id, createdAtMs }: { readonly id: string; readonly createdAtMs: number },
): void {
  checkBytes(name, data.length, maximumArtifactBytes)
  const sha256 = createHash('sha256').update(data).digest('hex')
  const { sequence } = db
    .insert(artifacts)
    .values({ id, run, name, mediaType, bytes: data.length, sha256, createdAtMs })
    .returning({ sequence: artifacts.sequence })
    .get()
  for (let part = 0; part * artifactPartBytes < data.length; part++) {
    const bytes = data.subarray(part * artifactPartBytes, (part + 1) * artifactPartBytes)
    db.insert(artifactParts)
      .values({ artifact: sequence, part, data: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length) })
      .run()
  }
}

/** A run's artifacts, the oldest first. */
export function listArtifacts(db: Database, run: number): readonly Artifact[] {
  return db
    .select()
    .from(artifacts)
    .where(eq(artifacts.run, run))
    .orderBy(asc(artifacts.sequence))
    .all()
    .map(toArtifact)
}

/** An artifact of this run, its bytes read part by part; undefined where there is no such one. */
export function readArtifact(
  read: Connection['read'],
  runId: string,
  artifactId: string,
): ArtifactContent | undefined {
  const row = read((db) =>
    db
      .select({ artifact: artifacts })
      .from(artifacts)
      .innerJoin(runs, eq(runs.sequence, artifacts.run))
      .where(and(eq(artifacts.id, artifactId), eq(runs.id, runId)))
      .get(),
  )
  if (row === undefined) return undefined
  const { artifact } = row
  async function* data(): AsyncGenerator<Uint8Array, void> {
    for (let part = 0; part * artifactPartBytes < artifact.bytes; part++) {
      const place = and(eq(artifactParts.artifact, artifact.sequence), eq(artifactParts.part, part))
      const found = read((db) => db.select().from(artifactParts).where(place).get())
      if (found === undefined) throw new Error(`artifact ${artifactId} was removed while it was read`)
      yield found.data
    }
  }
  return { ...toArtifact(artifact), data }
}

function toArtifact({ sequence: _, run: _run, ...artifact }: typeof artifacts.$inferSelect): Artifact {
  return artifact
}
