import type { CombinationDocument } from '@thalweg/document'
import { accuracy, greedySelection, type NamedMember, negativeLogLikelihood } from '@thalweg/ensembles'
import { EnsembleError } from './ensemble-error.ts'

/** Members' predictions on the validation part, in their order. */
export interface ValidationTables {
  readonly members: readonly NamedMember[]
  readonly labels: Int32Array
  readonly classes: number
}

/** The places of the best members by a metric, in their order; of equal ones the first. All where no count is given. */
export function bestMembers(
  { count, metric = 'validation.loss' }: CombinationDocument,
  tables: ValidationTables,
) {
  const { members, labels, classes } = tables
  const all = members.map((_, index) => index)
  if (count === undefined || count >= members.length) return all
  const losses = members.map(({ predictions }) =>
    metric === 'validation.loss'
      ? negativeLogLikelihood(predictions, labels, classes)
      : -accuracy(predictions, labels, classes),
  )
  const best = all.toSorted((a, b) => (losses[a] === losses[b] ? a - b : losses[a] < losses[b] ? -1 : 1))
  return best.slice(0, count).toSorted((a, b) => a - b)
}

/** The members' weights, of sum 1, some of them 0: all the same, or as greedy selection finds them. */
export function selectionWeights(
  { select }: CombinationDocument,
  { members, labels, classes }: ValidationTables,
): readonly number[] {
  if (select.name === 'all') return members.map(() => 1 / members.length)
  const { name: _, ...options } = select
  return Array.from(greedySelection(members, labels, { classes, ...options }).weights)
}

/** Throws EnsembleError where a document asks for what only validation samples can decide, and there are none. */
export function checkSelection(
  { combine, select, count }: CombinationDocument,
  validationSamples: number,
): void {
  const averagesWeights = combine === 'weights' || combine === 'greedyWeights'
  if (averagesWeights && select.name !== 'all') {
    throw new EnsembleError(`select ${select.name} chooses predictions; weights are averaged of all members`)
  }
  if (validationSamples > 0) return
  const wish =
    count !== undefined ? 'the best members' : select.name === 'greedy' ? 'greedy selection' : undefined
  const needed = combine === 'greedyWeights' ? 'a greedy soup' : wish
  if (needed === undefined) return
  throw new EnsembleError(`${needed} needs validation samples, and the data set has none`)
}
