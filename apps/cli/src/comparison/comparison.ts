import type { RunResource } from '@thalweg/client'
import type { SeriesKey } from '@thalweg/document'
import { lastValue } from '../metric.ts'
import { comparableExtent, type Extent, passesPerStep } from '../passes.ts'
import { inDocumentOrder, isCompared, type Variations, variationOrder } from './run-label.ts'
import { type SampleStatistics, sampleStatistics } from './sample-statistics.ts'

/** The runs that differ in nothing but their seed, or the fold that they leave out. */
export interface Variation {
  readonly runs: readonly [RunResource, ...RunResource[]]
  /** Statistics over the seeds of each quantity's last value. */
  readonly statistics: ReadonlyMap<SeriesKey, SampleStatistics>
  readonly stepsPerSecond: SampleStatistics | undefined
  /** How soon those runs that did reached the document's target; undefined where it has none. */
  readonly target: TargetStatistics | undefined
  /** Whether no other variation of the experiment reached a higher validation accuracy. */
  readonly best: boolean
}

interface TargetStatistics {
  readonly steps: SampleStatistics | undefined
  readonly passes: SampleStatistics | undefined
  /** Spent training. */
  readonly seconds: SampleStatistics | undefined
  readonly reached: number
  readonly runs: number
}

const compared = [
  'train.accuracy',
  'validation.accuracy',
  'test.accuracy',
  'train.loss',
  'validation.loss',
  'test.loss',
  'averaged.validation.loss',
  'averaged.test.accuracy',
  'averaged.test.loss',
  'passes',
] as const satisfies readonly SeriesKey[]

/** Groups the runs that an experiment compares by what varies, in the order of its document. */
export function compareVariations(
  runs: readonly RunResource[],
  experiment: Variations,
): readonly Variation[] {
  const groups = new Map<string, [RunResource, ...RunResource[]]>()
  for (const run of inDocumentOrder(runs.filter(isCompared), experiment)) {
    const key = variationOrder(run, experiment).join(' ')
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [run])
    else group.push(run)
  }
  const measured = [...groups.values()].map((group) => ({ runs: group, ...measure(group) }))
  const scores = measured.map(({ runs: group, statistics }) => score(group, statistics))
  const highest = Math.max(...scores)
  return measured.map((variation, index) => ({
    ...variation,
    best: Number.isFinite(highest) && scores[index] === highest,
  }))
}

/** What the variations of an experiment are compared by. */
export function extentOf(variations: readonly Variation[]): Extent {
  return comparableExtent(variations.flatMap(({ runs }) => runs))
}

function measure(group: readonly RunResource[]): Pick<Variation, 'statistics' | 'stepsPerSecond' | 'target'> {
  // Runs stopped halfway would drag the mean to where they happened to stop; a diverged one ended by itself.
  const ended = group.filter(({ state, reason }) => state === 'succeeded' || reason === 'diverged')
  const counted = ended.length > 0 ? ended : group
  const statistics = new Map<SeriesKey, SampleStatistics>()
  for (const key of compared) {
    const values = counted.map((run) => lastValue(run, key)).filter((value) => value !== undefined)
    const summary = sampleStatistics(values)
    if (summary !== undefined) statistics.set(key, summary)
  }
  const speeds = counted.map(({ stepsPerSecond }) => stepsPerSecond).filter((speed) => speed !== undefined)
  return { statistics, stepsPerSecond: sampleStatistics(speeds), target: measureTarget(counted) }
}

function measureTarget(runs: readonly RunResource[]): TargetStatistics | undefined {
  if (runs.every(({ document }) => document.target === undefined)) return undefined
  const steps = runs.map(({ targetStep }) => targetStep).filter((step) => step !== undefined)
  const passes = runs.map(({ targetStep = Number.NaN, metrics }) => {
    return targetStep * (passesPerStep({ metrics }) ?? Number.NaN)
  })
  const times = runs.map(({ targetTrainingMs }) => targetTrainingMs).filter((time) => time !== undefined)
  return {
    steps: sampleStatistics(steps),
    passes: sampleStatistics(passes.filter((each) => !Number.isNaN(each))),
    seconds: sampleStatistics(times.map((milliseconds) => milliseconds / 1000)),
    reached: steps.length,
    runs: runs.length,
  }
}

/** What the best is chosen by; a variation of which no run succeeded is never the best. */
function score(group: readonly RunResource[], statistics: Variation['statistics']): number {
  const accuracy = statistics.get('validation.accuracy')?.mean
  const succeeded = group.some(({ state }) => state === 'succeeded')
  return succeeded && accuracy !== undefined && Number.isFinite(accuracy) ? accuracy : -Infinity
}
