import { asc, eq, inArray, sql } from 'drizzle-orm'
import { listArtifacts } from './artifact-rows.ts'
import type { Database } from './connection.ts'
import { dependencies, runs } from './schema.ts'
import type { RunInput } from './store.ts'

/** Whether all that a run depends on has come to an end. */
export const hasEnded = sql`NOT EXISTS (
  SELECT 1 FROM dependencies JOIN runs AS needed ON needed.sequence = dependencies.depends_on
  WHERE dependencies.run = ${runs}.sequence AND needed.state IN ('queued', 'running'))`

/** The runs that a run depends on, in the order of the expansion. */
export function readInputs(db: Database, run: number): readonly RunInput[] {
  return db
    .select({ input: runs })
    .from(dependencies)
    .innerJoin(runs, eq(runs.sequence, dependencies.dependsOn))
    .where(eq(dependencies.run, run))
    .orderBy(asc(dependencies.dependsOn))
    .all()
    .map(({ input }) => ({
      runId: input.id,
      role: input.role,
      state: input.state,
      reason: input.reason ?? undefined,
      message: input.message ?? undefined,
      document: input.document,
      variation: input.variation,
      artifacts: listArtifacts(db, input.sequence),
    }))
}

/** Of each of the runs, the ids of those that it depends on. */
export function readDependencies(
  db: Database,
  wanted: readonly number[],
): ReadonlyMap<number, readonly string[]> {
  const found = new Map(wanted.map((run): [number, string[]] => [run, []]))
  const rows = db
    .select({ run: dependencies.run, id: runs.id })
    .from(dependencies)
    .innerJoin(runs, eq(runs.sequence, dependencies.dependsOn))
    .where(inArray(dependencies.run, [...wanted]))
    .orderBy(asc(dependencies.run), asc(dependencies.dependsOn))
    .all()
  for (const { run, id } of rows) found.get(run)?.push(id)
  return found
}
