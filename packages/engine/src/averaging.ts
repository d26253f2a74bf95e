import type { AveragingDocument, RunDocument } from '@thalweg/document'
import {
  createMovingAverage,
  createStochasticWeightAverage,
  type MovingAverage,
  type StochasticWeightAverage,
} from '@thalweg/ensembles'
import type { Model, Weights } from '@thalweg/nn'
import { createNormRefresh, type NormRefreshParts, normRefreshBytes } from './norm-refresh.ts'
import type { Samples } from './samples.ts'

type Vector = Float32Array | Float64Array

/** A mean of the weights that is kept along a training. */
export interface Averaging {
  /** Takes the weights after a step; those that are not finite do not count. */
  after(): void
  /** The mean as a model's weights, with statistics of its own; undefined as long as nothing has been taken. */
  weights(): Promise<Weights | undefined>
  /** For a checkpoint. */
  save(): Record<string, Uint8Array>
  restore(arrays: Readonly<Record<string, Uint8Array>>): void
}

export interface AveragingParts extends NormRefreshParts {
  /** What is averaged: where the model is measured. */
  readonly evaluated: Weights
  readonly totalSteps: number
}

/** What it takes of the workspace. */
export function averagingBytes(document: RunDocument, model: Model, train: Samples): number {
  if (document.averaging === undefined) return 0
  return model.weightBytes + normRefreshBytes(document, model, train)
}

/** About what a checkpoint has of it: f64, of which four characters hold three bytes. */
export function averagingCheckpointBytes({ averaging }: RunDocument, model: Model): number {
  return averaging === undefined ? 0 : Math.ceil((8 * model.parameterCount * 4) / 3)
}

/** As the document says; undefined where it asks for none. */
export function createAveraging(parts: AveragingParts): Averaging | undefined {
  const { document, model, workspace, evaluated, totalSteps } = parts
  if (document.averaging === undefined) return undefined
  const mean = averageOf(document.averaging, evaluated.parameters, totalSteps / document.epochs)
  const own = model.weights(workspace)
  const refresh = createNormRefresh(parts)

  return {
    after() {
      if (allFinite(evaluated.parameters)) mean.update(evaluated.parameters)
    },
    async weights() {
      if (mean.taken() === 0) return undefined
      mean.average(own.parameters)
      own.statistics.set(evaluated.statistics)
      await refresh?.refresh(own)
      return own
    },
    save: () => ({ averaging: new TextEncoder().encode(JSON.stringify(mean.save())) }),
    restore: ({ averaging }) => mean.restore(new TextDecoder().decode(averaging)),
  }
}

/** A plain loop: `every` with a function is felt after every step. */
function allFinite(values: Vector): boolean {
  for (let index = 0; index < values.length; index++) {
    if (!Number.isFinite(values[index])) return false
  }
  return true
}

/** What both means have. */
interface Mean {
  taken(): number
  update(weights: Vector): void
  average(out: Vector): void
  save(): unknown
  /** Takes what `save` gave, as JSON. */
  restore(saved: string): void
}

function averageOf(averaging: AveragingDocument, like: Vector, stepsPerEpoch: number): Mean {
  if (averaging.name === 'ema') {
    const mean: MovingAverage<Vector> = createMovingAverage(like, { decay: averaging.decay })
    return { ...methodsOf(mean), taken: () => mean.updates }
  }
  const { startEpoch, every } = averaging
  const start = Math.round(startEpoch * stepsPerEpoch) + every
  const mean: StochasticWeightAverage<Vector> = createStochasticWeightAverage(like, { start, every })
  return { ...methodsOf(mean), taken: () => mean.averaged }
}

function methodsOf(mean: MovingAverage<Vector> | StochasticWeightAverage<Vector>) {
  const { update, average, save, restore } = mean
  return { update, average, save, restore: (saved: string) => restore(JSON.parse(saved)) }
}
