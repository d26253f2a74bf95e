import type { EnsembleReport } from '@thalweg/document'
import { disagreement, diversity, type NamedMember, type Table } from '@thalweg/ensembles'
import type { EnsembleMember, LeftOut, PartPredictions } from './ensemble-members.ts'
import { type PartScores, type Scores, scoresOf } from './scores.ts'

const parts = ['validation', 'test'] as const
type Part = (typeof parts)[number]

/** The labels of the parts that there are. */
type PartLabels = Readonly<Partial<Record<Part, Int32Array>>>

export interface ReportParts {
  readonly members: readonly (EnsembleMember & {
    readonly predictions: PartPredictions
    readonly weight: number
  })[]
  readonly leftOut: readonly LeftOut[]
  readonly ensemble: PartPredictions
  readonly labels: PartLabels
  readonly classes: number
}

/** The scores of the members one by one, of their mean and of the ensemble; nothing but times depends on the clock. */
export function ensembleReport({ members, leftOut, ensemble, labels, classes }: ReportParts) {
  const scored = members.map(({ file: _, predictions, ...member }) => ({
    ...member,
    scores: partScores((part) => predictions[part], labels, classes),
    predictionTimeMs: predictions.timeMs,
  }))
  const tables = (part: Part): readonly NamedMember[] | undefined => {
    const all = members.flatMap(({ name, predictions }) => {
      const of = predictions[part]
      return of === undefined ? [] : [{ name, predictions: of }]
    })
    return all.length === members.length ? all : undefined
  }
  const each = (measure: (tables: readonly NamedMember[]) => number) => {
    const entries = parts.flatMap((part) => {
      const of = tables(part)
      return of === undefined ? [] : [[part, measure(of)] as const]
    })
    return Object.fromEntries(entries) as Partial<Record<Part, number>>
  }
  return {
    members: scored,
    leftOut: [...leftOut],
    meanMember: {
      scores: meanScores(scored.map(({ scores }) => scores)),
      predictionTimeMs: mean(scored.map(({ predictionTimeMs }) => predictionTimeMs)),
    },
    ensemble: {
      scores: partScores((part) => ensemble[part], labels, classes),
      predictionTimeMs: ensemble.timeMs,
    },
    disagreement: each((of) => disagreement(of, { classes }).mean),
    diversity: each((of) => diversity(of, { classes }).divergence),
  } satisfies EnsembleReport
}

function partScores(
  predictionsOf: (part: Part) => Table | undefined,
  labels: PartLabels,
  classes: number,
): PartScores {
  const entries = parts.flatMap((part) => {
    const [predictions, own] = [predictionsOf(part), labels[part]]
    return predictions === undefined || own === undefined
      ? []
      : [[part, scoresOf(predictions, own, classes)] as const]
  })
  return Object.fromEntries(entries)
}

function meanScores(all: readonly PartScores[]): PartScores {
  const entries = parts.flatMap((part) => {
    const of = all.flatMap((scores) => scores[part] ?? [])
    return of.length < all.length ? [] : [[part, meanOf(of)] as const]
  })
  return Object.fromEntries(entries)
}

function meanOf(scores: readonly Scores[]): Scores {
  const over = (value: (of: Scores) => number) => mean(scores.map(value))
  return {
    loss: over(({ loss }) => loss),
    accuracy: over(({ accuracy }) => accuracy),
    brier: over(({ brier }) => brier),
    calibrationError: over(({ calibrationError }) => calibrationError),
    classAccuracy: scores[0].classAccuracy.map((first, label) =>
      first === null ? null : over(({ classAccuracy }) => classAccuracy[label] ?? Number.NaN),
    ),
  }
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length
