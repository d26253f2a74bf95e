import type { DatasetDocument } from './dataset.ts'
import type { EnsembleDocument } from './ensemble.ts'
import type { ExpandedRun } from './expanded-run.ts'
import type { ExperimentDocument } from './experiment.ts'
import type { RunDocument } from './run.ts'

/** What is wrong with an experiment's graph, and where in its document. */
export interface GraphFault {
  readonly path: readonly string[]
  readonly message: string
}

/** How many runs each combination of `vary` and `seeds` becomes. */
export function runsOfEach(ensemble: EnsembleDocument | undefined): number {
  return ensemble?.members.from === 'folds' ? ensemble.members.count : 1
}

/** What every member's document has beside the experiment's `run`. */
export function memberParts(ensemble: EnsembleDocument | undefined): Pick<RunDocument, 'snapshots'> {
  return ensemble?.members.from === 'snapshots' ? { snapshots: { cycles: ensemble.members.cycles } } : {}
}

/** The combination, the student and its baseline: what comes beside the members. */
export function runsBeside({ ensemble, distill }: ExperimentDocument): number {
  if (ensemble === undefined) return 0
  if (distill === undefined) return 1
  return distill.baseline ? 3 : 2
}

/**
 * The runs as the members of an ensemble, then the run that combines them, the student that learns from it, and the
 * student's baseline, each with the places of those that it needs.
 *
 * All have the samples of the first seed: members by seeds differ in what is drawn in training alone.
 */
export function graphOf(
  experiment: ExperimentDocument,
  runs: readonly ExpandedRun[],
  student: RunDocument | undefined,
): readonly ExpandedRun[] {
  const { ensemble, distill, seeds } = experiment
  if (ensemble === undefined) return runs
  const [dataSeed] = seeds
  const members = runs.flatMap((run) =>
    membersOf(ensemble, { ...run, document: onSamples(run.document, dataSeed) }),
  )
  const combination: ExpandedRun = {
    document: {
      ...onSamples(untrained(runs[0].document), dataSeed),
      seed: dataSeed,
      ensemble: combinationOf(ensemble),
    },
    variation: {},
    role: 'ensemble',
    dependsOn: members.map((_, index) => index),
  }
  if (distill === undefined || student === undefined) return [...members, combination]
  const { transfer, temperature, hardWeight, labelSmoothing, biasCorrection, baseline } = distill
  const document = {
    ...scored(onSamples(student, dataSeed)),
    ...(transfer !== undefined && { transfer }),
  }
  const more = {
    ...(labelSmoothing !== undefined && { labelSmoothing }),
    ...(biasCorrection !== undefined && { biasCorrection }),
  }
  // Of weight 1 the labels are all that it learns from.
  const alone = Object.keys(more).length > 0 ? { distill: { temperature, hardWeight: 1, ...more } } : {}
  const lone = { variation: {}, role: 'baseline', dependsOn: [] } as const
  return [
    ...members,
    combination,
    {
      document: { ...document, distill: { temperature, hardWeight, ...more } },
      variation: {},
      role: 'student',
      dependsOn: [members.length],
    },
    ...(baseline ? [{ ...lone, document: { ...document, ...alone } }] : []),
  ]
}

function membersOf({ members }: EnsembleDocument, run: ExpandedRun): readonly ExpandedRun[] {
  const member = { ...run, role: 'member' as const, document: scored(run.document) }
  if (members.from !== 'folds') return [member]
  return Array.from({ length: members.count }, (_, index) => {
    const dataset = { ...member.document.dataset, fold: { index, count: members.count } }
    return { ...member, document: { ...member.document, dataset } }
  })
}

/** A document without what is for a training alone. */
function untrained(document: RunDocument): RunDocument {
  const { averaging, snapshots, target, earlyStopping, tensorStatistics, ...shared } = document
  return shared
}

function combinationOf({ members, combine, select, minMembers }: EnsembleDocument): RunDocument['ensemble'] {
  return {
    combine,
    select,
    ...(minMembers !== undefined && { minMembers }),
    ...(members.from === 'best' && { count: members.count, metric: members.metric }),
  }
}

function scored(document: RunDocument): RunDocument {
  return { ...document, evaluation: { ...document.evaluation, scores: true } }
}

function onSamples<T extends Pick<RunDocument, 'dataset'>>(document: T, seed: number): T {
  return { ...document, dataset: { ...document.dataset, seed: document.dataset.seed ?? seed } }
}

/** What decides which samples a run is measured on: neither how they are prepared nor how many of the others train. */
function measuredOn({ dataset }: Pick<RunDocument, 'dataset'>, seed: number): string {
  const { preprocess: _, ...samples } = onSamples({ dataset }, seed).dataset
  return JSON.stringify({ ...samples, streaming: undefined, train: undefined })
}

/** Members and student are measured on the same samples, which none of them has been trained on. */
function sampleFaults(
  { ensemble, distill, vary, run, seeds }: ExperimentDocument,
  runs: readonly ExpandedRun[],
  student: RunDocument | undefined,
): readonly GraphFault[] {
  const [first, ...others] = runs.map(({ document }) => measuredOn(document, seeds[0]))
  const shared = new Set(['dataset.preprocess', 'dataset.streaming', 'dataset.train'])
  const axes = Object.keys(vary).filter((axis) => axis.split('.')[0] === 'dataset' && !shared.has(axis))
  const folds = ensemble?.members.from === 'folds' && runs[0].document.dataset.fold !== undefined
  const inRun = Object.hasOwn(Object(run.dataset), 'fold')
  return [
    ...(others.every((other) => other === first)
      ? []
      : axes.map((axis) => ({
          path: ['vary', axis],
          message:
            'the members of an ensemble must have the same samples: else some were trained on what it is measured on',
        }))),
    ...(folds
      ? [
          {
            path: inRun ? ['run', 'dataset', 'fold'] : ['ensemble', 'members'],
            message: 'the members have folds of their own; leave "dataset.fold" out',
          },
        ]
      : []),
    ...(distill !== undefined && student !== undefined && measuredOn(student, seeds[0]) !== first
      ? [
          {
            path: ['distill', 'run', 'dataset'],
            message:
              'the student must be measured on the samples of the ensemble: only "preprocess", "streaming" and "train" may differ',
          },
        ]
      : []),
  ]
}

/** Classes that a transfer set cannot lack; of sets whose classes are known before they are read. */
function transferFaults(
  { distill }: ExperimentDocument,
  student: RunDocument | undefined,
): readonly GraphFault[] {
  const without = distill?.transfer?.without
  const classes = student === undefined ? undefined : classesOf(student.dataset)
  if (without === undefined || classes === undefined) return []
  const path = ['distill', 'transfer', 'without']
  const unknown = without.flatMap((label, index) =>
    label < classes
      ? []
      : [{ path: [...path, `${index}`], message: `must be in [0, ${classes}), got ${label}` }],
  )
  if (unknown.length > 0 || without.length < classes) return unknown
  return [{ path, message: `leaves none of the ${classes} classes` }]
}

function classesOf(dataset: DatasetDocument): number | undefined {
  switch (dataset.name) {
    case 'spirals':
    case 'blobs':
      return dataset.classes
    case 'moons':
      return 2
    case 'csv':
      return undefined
    default:
      return 10
  }
}

/** What is wrong with the ensemble and its student beyond their single parts. */
export function graphFaults(
  experiment: ExperimentDocument,
  runs: readonly ExpandedRun[],
  student: RunDocument | undefined,
): readonly GraphFault[] {
  const { ensemble, distill } = experiment
  if (ensemble === undefined) return []
  const { members, combine, select, minMembers } = ensemble
  const [{ document }] = runs
  const soup = combine === 'weights' || combine === 'greedyWeights'
  const models = modelCount(ensemble, runs)
  const differIn = (of: (document: RunDocument) => unknown) =>
    new Set(runs.map(({ document }) => JSON.stringify(of(document)))).size > 1
  const { validation, test } = partsOf(document.dataset)
  const fault = (holds: boolean, path: string, message: string): readonly GraphFault[] =>
    holds ? [{ path: path.split('.'), message }] : []
  const wantsValidation = 'the data set has no validation part, on which to choose'
  return [
    ...sampleFaults(experiment, runs, student),
    ...transferFaults(experiment, student),
    ...fault(
      members.from === 'snapshots' && runs.length > 1,
      'ensemble.members',
      `snapshots are taken of one run; "vary" and "seeds" make ${runs.length}`,
    ),
    ...fault(
      members.from === 'folds' && 'streaming' in document.dataset && document.dataset.streaming === true,
      'ensemble.members',
      'a streamed data set has no folds; leave "streaming" out',
    ),
    ...fault(
      members.from === 'best' && members.count > modelsOf(runs),
      'ensemble.members.count',
      `must be at most ${modelsOf(runs)}, the runs to choose from`,
    ),
    ...fault(
      minMembers !== undefined && minMembers > models,
      'ensemble.minMembers',
      `must be at most ${models}, the members that there are`,
    ),
    ...fault(
      soup && select.name !== 'all',
      'ensemble.select',
      'is for predictions; "greedyWeights" chooses among weights',
    ),
    ...fault(
      soup && differIn(({ model }) => model),
      'ensemble.combine',
      'the members differ in their model: they have no weights in common',
    ),
    ...fault(
      soup && differIn(({ precision }) => precision),
      'ensemble.combine',
      'the members differ in their precision: their weights have no mean',
    ),
    ...fault(
      soup && differIn(({ dataset }) => dataset.preprocess),
      'ensemble.combine',
      'the members differ in "dataset.preprocess": no one model takes what each was trained on',
    ),
    ...fault(
      !soup && combine !== 'probabilities' && select.name === 'greedy',
      'ensemble.select',
      `chooses by the mean of the probabilities; with "combine": "${combine}" what it chose may be worse than a member`,
    ),
    ...fault(!validation && combine === 'greedyWeights', 'ensemble.combine', wantsValidation),
    ...fault(!validation && select.name === 'greedy', 'ensemble.select', wantsValidation),
    ...fault(!validation && members.from === 'best', 'ensemble.members', wantsValidation),
    ...fault(
      !validation && distill?.biasCorrection === true,
      'distill.biasCorrection',
      'the data set has no validation part, which says how often the classes occur',
    ),
    ...fault(
      !validation && !test,
      'ensemble',
      'the data set has neither a validation nor a test part to measure it on',
    ),
  ]
}

function modelCount({ members }: EnsembleDocument, runs: readonly ExpandedRun[]): number {
  const models = modelsOf(runs)
  switch (members.from) {
    case 'seeds':
    case 'snapshots':
      return models
    case 'folds':
      return models * members.count
    case 'best':
      return Math.min(members.count, models)
  }
}

/** How many models runs leave for an ensemble: of one with snapshots these. */
const modelsOf = (runs: readonly ExpandedRun[]): number =>
  runs.reduce((sum, { document }) => sum + (document.snapshots?.cycles ?? 1), 0)

/** Which parts beside the training samples a data set has. */
function partsOf(dataset: DatasetDocument): { readonly validation: boolean; readonly test: boolean } {
  if (dataset.name === 'mnist' || dataset.name === 'cifar10') {
    const { validation, files } = dataset
    return {
      validation: validation !== undefined || files?.validation !== undefined,
      test: files?.train === undefined || files.test !== undefined,
    }
  }
  return { validation: dataset.validation > 0, test: dataset.name === 'csv' && dataset.test > 0 }
}
