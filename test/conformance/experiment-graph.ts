import {
  type EnsembleReport,
  expand,
  type RunDocument,
  type RunScores,
} from '../../packages/document/src/index.ts'
import { combineMembers, type EnsembleInput, prepareTraining } from '../../packages/engine/src/index.ts'

/** Where the data sets lie; undefined where there are none. */
export const dataDirectory = process.env.THALWEG_DATA

/** What an experiment's graph of runs has come to. */
export interface Graph {
  /** Of each run that trains, in order, what it recorded last. */
  readonly values: readonly Readonly<Record<string, number>>[]
  readonly report: EnsembleReport | undefined
  readonly message: string | undefined
  readonly student: RunScores['scores'] | undefined
  readonly baseline: RunScores['scores'] | undefined
}

/** Runs an experiment one run after another in this process, without a service. Throws where the document is at fault. */
export async function runGraph(experiment: Readonly<Record<string, unknown>>): Promise<Graph> {
  const expansion = expand({ name: 'a graph of runs', ...experiment })
  if (!expansion.ok)
    throw new Error(expansion.faults.map(({ pointer, message }) => `${pointer}: ${message}`).join('\n'))
  const members: EnsembleInput[] = []
  const values: Record<string, number>[] = []
  const scores: Partial<Record<string, RunScores['scores']>> = {}
  let combined: Awaited<ReturnType<typeof combineMembers>> | undefined
  for (const { role, document } of expansion.runs) {
    if (role === 'ensemble') {
      combined = await combineMembers(document, members, { dataDirectory })
      continue
    }
    const teacher = role === 'student' ? combined?.artifacts[0] : undefined
    const trained = await train(document, teacher)
    values.push(trained.values)
    if (role === 'member')
      members.push({ name: `seed ${document.seed}`, state: 'succeeded', document, models: trained.artifacts })
    else scores[role] = scoresOf(trained.artifacts)
  }
  const { report, message } = combined ?? {}
  return { values, report, message, student: scores.student, baseline: scores.baseline }
}

type Artifacts = EnsembleInput['models']

async function train(
  document: RunDocument,
  teacher: { readonly data: Uint8Array } | undefined,
): Promise<{ readonly values: Record<string, number>; readonly artifacts: Artifacts }> {
  const training = await prepareTraining(document, { dataDirectory, ...(teacher && { teacher }) })
  const values: Record<string, number> = {}
  for await (const event of training.events())
    if (event.type === 'metric') Object.assign(values, event.values)
  return { values, artifacts: training.artifacts() }
}

function scoresOf(artifacts: Artifacts): RunScores['scores'] | undefined {
  const found = artifacts.find(({ name }) => name === 'scores.json')
  return found && JSON.parse(new TextDecoder().decode(found.data)).scores
}
