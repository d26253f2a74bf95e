import { type ExperimentReport, toWireNumber } from '@thalweg/client'
import { type EnsembleReport, memberName, type PartScores, type RunScores } from '@thalweg/document'
import type { Run } from '@thalweg/store'

export interface ReportParts {
  /** The experiment's runs, in the order of the expansion. */
  readonly runs: readonly Run[]
  /** What the combination said of itself, once it has succeeded. */
  readonly combined: EnsembleReport | undefined
  /** By id, of student and baseline. */
  readonly scores: ReadonlyMap<string, RunScores>
}

/** The report as it crosses the wire; undefined where the experiment has no ensemble. */
export function reportResource({ runs, combined, scores }: ReportParts): ExperimentReport | undefined {
  const ensemble = runs.find(({ role }) => role === 'ensemble')
  if (ensemble === undefined) return undefined
  const trained = (role: Run['role']) => {
    const run = runs.find((each) => each.role === role)
    return run && { ...entryOf(run), ...scores.get(run.id) }
  }
  const members = runs.filter(({ role }) => role === 'member')
  return {
    members: members.flatMap((run, input) => memberEntries(run, input, combined)),
    ensemble: { ...entryOf(ensemble), ...combined?.ensemble },
    student: trained('student'),
    baseline: trained('baseline'),
    ...(combined !== undefined && {
      meanMember: combined.meanMember,
      disagreement: combined.disagreement,
      diversity: combined.diversity,
    }),
  }
}

function memberEntries(
  run: Run,
  input: number,
  combined: EnsembleReport | undefined,
): ExperimentReport['members'] {
  const own = { ...entryOf(run), name: memberName(run) }
  const models = combined?.members.filter((model) => model.input === input) ?? []
  const leftOut = combined?.leftOut.find((each) => each.input === input)?.why
  if (models.length === 0) return [{ ...own, ...(leftOut !== undefined && { leftOut }) }]
  return models.map(({ name, model, weight, scores, predictionTimeMs }) => ({
    ...own,
    name,
    model,
    weight,
    scores,
    predictionTimeMs,
  }))
}

function entryOf(run: Run) {
  const { id, state, reason, message, predictionTimeMs } = run
  return { run: id, state, reason, message, scores: recordedScores(run), predictionTimeMs }
}

/** The scores among the run's series, of each part that has all of them. */
function recordedScores({ metrics }: Run): PartScores {
  const found: PartScores = {}
  for (const part of ['validation', 'test'] as const) {
    const [loss, accuracy, brier, calibrationError] = (
      ['loss', 'accuracy', 'brier', 'calibrationError'] as const
    ).map((score) => metrics[`${part}.${score}`]?.last)
    if (loss === undefined || accuracy === undefined) continue
    if (brier === undefined || calibrationError === undefined) continue
    found[part] = {
      loss: toWireNumber(loss),
      accuracy: toWireNumber(accuracy),
      brier: toWireNumber(brier),
      calibrationError: toWireNumber(calibrationError),
    }
  }
  return found
}
