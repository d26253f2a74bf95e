import type { RunDetailsResource } from '@thalweg/client'
import { stepText } from './progress/progress-text.ts'
import { partText } from './run-document-text.ts'
import { isFinal } from './run-state.ts'
import { formatBytes } from './terminal/byte-format.ts'
import { countOf } from './terminal/count.ts'
import { formatChosen, formatMeasured } from './terminal/number-format.ts'

export type Fact = readonly [name: string, text: string]

/** What there is to say of a run beside its numbers: its document in short, and what became of it. */
export function runFacts(run: RunDetailsResource, experimentName: string): readonly Fact[] {
  return [
    ...(run.message === undefined
      ? []
      : [[run.state === 'succeeded' ? 'note' : 'why', run.message] as const]),
    ['experiment', `${experimentName} (${run.experimentId})`],
    ...roleFacts(run),
    ...documentFacts(run.document),
    ['progress', progressText(run)],
    ...(run.solver === undefined ? [] : [['solver', `${run.solver.status}: ${run.solver.message}`] as const]),
    ...(run.backend === undefined ? [] : [['backend', run.backend] as const]),
    ...targetFacts(run),
    ...run.artifacts.map(({ name, bytes }): Fact => ['file', `${name}, ${formatBytes(bytes)}`]),
    ...tensorFacts(run),
    ...(run.tags.length === 0 ? [] : [['tags', run.tags.join(', ')] as const]),
  ]
}

function documentFacts(document: RunDetailsResource['document']): readonly Fact[] {
  const { batchSize, epochs, sampling, precision, seed, threads, l2, augmentation = [] } = document
  const { earlyStopping, schedules = {} } = document
  const training = [
    `batchSize ${batchSize}`,
    `epochs ${epochs}`,
    `sampling ${sampling}`,
    ...(threads === undefined ? [] : [`threads ${threads}`]),
    precision,
    `seed ${seed}`,
  ]
  const { metric = '', ...stopping } = earlyStopping ?? {}
  return [
    ['dataset', partText(document.dataset)],
    ...(augmentation.length === 0 ? [] : [['augmenting', augmentation.map(partText).join('; ')] as const]),
    ['model', partText(document.model)],
    ['loss', partText(document.loss) + (l2 === undefined ? '' : `, l2 ${formatChosen(l2)}`)],
    ['optimizer', partText(document.optimizer)],
    ['schedule', partText(document.schedule)],
    ...Object.entries(schedules).map(([name, schedule]): Fact => [name, partText(schedule)]),
    ['training', training.join(', ')],
    ...(earlyStopping === undefined ? [] : [['stopping', partText({ name: metric, ...stopping })] as const]),
  ]
}

/** What it is to its ensemble, how it learns, and how soon it predicts. */
function roleFacts({ role, dependsOn, document, predictionTimeMs }: RunDetailsResource): readonly Fact[] {
  const { ensemble, distill, transfer, snapshots, averaging } = document
  const needs = dependsOn.length === 0 ? '' : `, after ${countOf(dependsOn.length, 'run')}`
  const distilled = [
    ...(distill === undefined ? [] : Object.entries(distill).map(([name, value]) => `${name} ${value}`)),
    ...(transfer === undefined ? [] : [`without the classes ${transfer.without.join(', ')}`]),
  ]
  return [
    ...(role === 'run' ? [] : [['role', `${role}${needs}`] as const]),
    ...(ensemble === undefined
      ? []
      : [['combining', `${ensemble.combine}, of ${ensemble.select.name} members`] as const]),
    ...(distilled.length === 0 ? [] : [['distilling', distilled.join(', ')] as const]),
    ...(snapshots === undefined ? [] : [['snapshots', `${snapshots.cycles} cycles`] as const]),
    ...(averaging === undefined ? [] : [['averaging', partText(averaging)] as const]),
    ...(predictionTimeMs === undefined
      ? []
      : [['predicting', `${formatMeasured(predictionTimeMs)} ms for 1,000 samples`] as const]),
  ]
}

function progressText(run: RunDetailsResource): string {
  const speed = run.stepsPerSecond === undefined ? '' : `, ${Math.round(run.stepsPerSecond)} steps/s`
  const early = run.stoppedEarly ? ', stopped early' : ''
  return `step ${stepText(run)}${early}, ${secondsText(run.trainingMs)} of training${speed}`
}

function targetFacts(run: RunDetailsResource): readonly Fact[] {
  const { target } = run.document
  if (target === undefined) return []
  const { metric, atLeast, atMost } = target
  const wanted =
    atLeast === undefined ? `at most ${formatChosen(atMost ?? 0)}` : `at least ${formatChosen(atLeast)}`
  return [['target', `${metric} ${wanted}: ${reachedText(run)}`]]
}

function reachedText(run: RunDetailsResource): string {
  const { targetStep, targetTrainingMs } = run
  if (targetStep === undefined) return isFinal(run) ? 'not reached' : 'not reached yet'
  // What an older version of the service recorded has no time.
  const time = targetTrainingMs === undefined ? '' : `, after ${secondsText(targetTrainingMs)} of training`
  return `reached at step ${targetStep}${time}`
}

/** So many are told one by one. */
const listedTensors = 6

function tensorFacts({ tensorSeries }: RunDetailsResource): readonly Fact[] {
  if (tensorSeries.length === 0) return []
  const tensors = [...new Set(tensorSeries.map((key) => key.slice(0, key.lastIndexOf('.'))))]
  const more = tensors.length > listedTensors ? `, … (${tensors.length})` : ''
  const text = `${tensors.slice(0, listedTensors).join(', ')}${more}; a curve: --keys ${tensorSeries[0]}`
  return [['tensors', text]]
}

function secondsText(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`
}
