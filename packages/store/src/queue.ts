import { and, asc, eq, lte, or, type SQL, sql } from 'drizzle-orm'
import { insertArtifact } from './artifact-rows.ts'
import type { Database } from './connection.ts'
import { checkCount, checkDurationMs } from './ranges.ts'
import type { RecordedPoints } from './recorded-points.ts'
import { hasEnded, readInputs } from './run-inputs.ts'
import { checkpoints, runs } from './schema.ts'
import type { ClaimedRun, Ending, Fence, LeaseAnswer, NewArtifact, Report } from './store.ts'

// Every function here runs inside the caller's write transaction.

type RunRow = typeof runs.$inferSelect
type RunChange = Partial<typeof runs.$inferInsert>

/** As text, not as a parameter: SQLite uses a partial index only where it can see that its condition holds. */
const isQueued = sql`state = 'queued'`
const isRunning = sql`state = 'running'`

const noLease = { leaseOwner: null, leaseUntilMs: null } as const

interface ClaimOptions {
  readonly owner: string
  readonly leaseMs: number
  readonly mostThreads: number | undefined
  readonly nowMs: number
}

export function claimRun(
  db: Database,
  points: RecordedPoints,
  { owner, leaseMs, mostThreads = Number.POSITIVE_INFINITY, nowMs }: ClaimOptions,
): ClaimedRun | undefined {
  checkDurationMs('leaseMs', leaseMs, false)
  const run = db.select().from(runs).where(and(isQueued, hasEnded)).orderBy(asc(runs.sequence)).limit(1).get()
  if (run === undefined || (run.document.threads ?? 1) > mostThreads) return undefined
  const checkpoint = db.select().from(checkpoints).where(eq(checkpoints.run, run.sequence)).get()
  const attempt = run.attempt + 1
  const from = checkpoint?.step ?? beforeAll
  change(db, run.sequence, {
    state: 'running',
    attempt,
    leaseOwner: owner,
    leaseUntilMs: nowMs + leaseMs,
    startedAtMs: run.startedAtMs ?? nowMs,
    step: checkpoint?.step ?? 0,
    backend: null,
    ...(run.targetStep !== null && run.targetStep > from && { targetStep: null, targetTrainingMs: null }),
  })
  if (run.attempt > 0) points.truncate(run.sequence, from)
  return {
    runId: run.id,
    attempt,
    document: run.document,
    checkpoint: checkpoint && { step: checkpoint.step, data: checkpoint.data },
    inputs: readInputs(db, run.sequence),
  }
}

/** Steps count from 0. */
const beforeAll = -1

export function renewLease(db: Database, fence: Fence, leaseMs: number, nowMs: number): LeaseAnswer {
  checkDurationMs('leaseMs', leaseMs, false)
  const run = held(db, fence)
  if (run === undefined) return { held: false }
  change(db, run.sequence, { leaseUntilMs: nowMs + leaseMs })
  return { held: true, cancelRequested: run.cancelRequested }
}

export function recordReport(
  db: Database,
  recorded: RecordedPoints,
  fence: Fence,
  report: Report,
  lease: { readonly leaseMs: number; readonly nowMs: number },
): LeaseAnswer {
  checkReport(report)
  checkDurationMs('leaseMs', lease.leaseMs, false)
  const run = held(db, fence)
  if (run === undefined) return { held: false }
  recorded.record(run.sequence, report.points)
  const { step, totalSteps, backend, targetStep } = report
  const trainingMs = run.trainingMs + report.trainingMs
  change(db, run.sequence, {
    leaseUntilMs: lease.nowMs + lease.leaseMs,
    step,
    totalSteps,
    trainingMs,
    ...(backend !== undefined && { backend }),
    ...(targetStep !== undefined && run.targetStep === null && { targetStep, targetTrainingMs: trainingMs }),
    // A checkpoint is progress: an attempt that fails after it is not one more at the same place.
    ...(report.checkpoint !== undefined && { lostAttempts: 0 }),
  })
  if (report.checkpoint !== undefined) {
    const { step } = report.checkpoint
    const data = Buffer.from(report.checkpoint.data)
    const newest = { attempt: run.attempt, step, data }
    db.insert(checkpoints)
      .values({ run: run.sequence, ...newest })
      .onConflictDoUpdate({ target: checkpoints.run, set: newest })
      .run()
  }
  return { held: true, cancelRequested: run.cancelRequested }
}

export function finishRun(
  db: Database,
  fence: Fence,
  ending: Ending,
  { nowMs, newId }: { readonly nowMs: number; readonly newId: () => string },
): boolean {
  const run = held(db, fence)
  if (run === undefined) return false
  change(db, run.sequence, { ...noLease, ...endingColumns(ending), finishedAtMs: nowMs })
  for (const artifact of artifactsOf(ending)) {
    insertArtifact(db, run.sequence, artifact, { id: newId(), createdAtMs: nowMs })
  }
  // What failed for another reason may be taken up again from where it was.
  if (ending.state !== 'failed' || ending.reason === 'diverged') dropCheckpoint(db, run.sequence)
  return true
}

function endingColumns(ending: Ending): RunChange {
  switch (ending.state) {
    case 'succeeded':
      return {
        state: 'succeeded',
        stoppedEarly: ending.stoppedEarly ?? false,
        solver: ending.solver ?? null,
        predictionTimeMs: ending.predictionTimeMs ?? null,
        message: ending.message ?? null,
      }
    case 'failed':
      return { state: 'failed', reason: ending.reason, message: ending.message ?? null }
    case 'cancelled':
      return { state: 'cancelled' }
  }
}

function artifactsOf(ending: Ending): readonly NewArtifact[] {
  return ending.state === 'succeeded' ? (ending.artifacts ?? []) : []
}

export function releaseRun(db: Database, fence: Fence, nowMs: number): boolean {
  const run = held(db, fence)
  if (run === undefined) return false
  if (run.cancelRequested) cancel(db, run, nowMs)
  else change(db, run.sequence, { ...noLease, state: 'queued' })
  return true
}

/** The run's sequence; undefined when there is no such run. A finished run stays as it is. */
export function cancelRun(db: Database, runId: string, nowMs: number): number | undefined {
  const run = db.select().from(runs).where(eq(runs.id, runId)).get()
  if (run === undefined) return undefined
  if (run.state === 'queued') cancel(db, run, nowMs)
  if (run.state === 'running') change(db, run.sequence, { cancelRequested: true })
  return run.sequence
}

interface ReclaimOptions {
  readonly deadOwner: string | undefined
  readonly maxAttempts: number
  readonly workerFailed: boolean
  readonly nowMs: number
}

export function reclaimRuns(
  db: Database,
  { deadOwner, maxAttempts, workerFailed, nowMs }: ReclaimOptions,
): { readonly requeued: number; readonly lost: number } {
  checkCount('maxAttempts', maxAttempts, 1)
  let requeued = 0
  let lost = 0
  for (const run of abandoned(db, deadOwner, nowMs)) {
    const lostAttempts = run.lostAttempts + (workerFailed ? 1 : 0)
    if (run.cancelRequested) cancel(db, run, nowMs)
    else if (lostAttempts < maxAttempts) {
      change(db, run.sequence, { ...noLease, state: 'queued', lostAttempts })
      requeued++
    } else {
      const message = `its worker vanished ${lostAttempts} times, the last of them in attempt ${run.attempt}`
      const ending = endingColumns({ state: 'failed', reason: 'lost', message })
      change(db, run.sequence, { ...noLease, ...ending, lostAttempts, finishedAtMs: nowMs })
      lost++
    }
  }
  return { requeued, lost }
}

function abandoned(db: Database, deadOwner: string | undefined, nowMs: number): readonly RunRow[] {
  const expired = lte(runs.leaseUntilMs, nowMs)
  const gone: SQL | undefined =
    deadOwner === undefined ? expired : or(expired, eq(runs.leaseOwner, deadOwner))
  return db.select().from(runs).where(and(isRunning, gone)).orderBy(asc(runs.sequence)).all()
}

/** The run, if it is still this attempt's. */
function held(db: Database, { runId, attempt }: Fence): RunRow | undefined {
  return db
    .select()
    .from(runs)
    .where(and(eq(runs.id, runId), eq(runs.attempt, attempt), eq(runs.state, 'running')))
    .get()
}

function cancel(db: Database, run: RunRow, nowMs: number): void {
  change(db, run.sequence, { ...noLease, state: 'cancelled', cancelRequested: true, finishedAtMs: nowMs })
  dropCheckpoint(db, run.sequence)
}

function change(db: Database, sequence: number, columns: RunChange): void {
  db.update(runs).set(columns).where(eq(runs.sequence, sequence)).run()
}

function dropCheckpoint(db: Database, sequence: number): void {
  db.delete(checkpoints).where(eq(checkpoints.run, sequence)).run()
}

function checkReport({ points, step, totalSteps, trainingMs, targetStep, checkpoint }: Report): void {
  checkCount('step', step)
  checkCount('totalSteps', totalSteps)
  checkDurationMs('trainingMs', trainingMs, true)
  if (targetStep !== undefined) checkCount('targetStep', targetStep)
  if (checkpoint !== undefined) checkCount('checkpoint.step', checkpoint.step)
  for (const point of points) checkCount(`step of a point of ${point.key}`, point.step)
}
