import { type ExperimentReport, fromWireNumber } from '@thalweg/client'
import { stateText } from '../run-state.ts'
import type { Colours } from '../terminal/colours.ts'
import { formatMeasured, formatPercent } from '../terminal/number-format.ts'
import { type Column, renderTable } from '../terminal/table.ts'

type PartScores = ExperimentReport['ensemble']['scores']
type Part = keyof PartScores

interface Row {
  readonly name: string
  readonly weight?: number | undefined
  readonly scores: PartScores
  readonly predictionTimeMs?: number | undefined
  readonly state: string
}

/** So many members are shown one by one. */
const shownMembers = 20

/**
 * The members, their mean, the ensemble and what learnt from it, on the test samples, or on the validation samples where
 * there are none; then what is to be known beside the numbers. Ends with a line break.
 */
export function ensembleTable(report: ExperimentReport, colours: Colours, maxWidth?: number): string {
  const { members, meanMember, ensemble, student, baseline } = report
  const part: Part = [...members, ensemble].some(({ scores }) => scores.test !== undefined)
    ? 'test'
    : 'validation'
  const rows: readonly Row[] = [
    ...members.slice(0, shownMembers).map((member) => ({
      ...member,
      name: modelName(member),
      state: member.leftOut === undefined ? runState(member) : `${runState(member)}, left out`,
    })),
    ...(meanMember === undefined ? [] : [{ name: 'mean member', ...meanMember, state: '' }]),
    { name: 'ensemble', ...ensemble, state: runState(ensemble) },
    ...(student === undefined ? [] : studentRows(student)),
    ...(baseline === undefined
      ? []
      : [{ name: 'student on labels', ...baseline, state: runState(baseline) }]),
  ]
  const table = renderTable(
    columns,
    rows.map((row) => cellsOf(row, part)),
    colours,
    maxWidth,
  )
  const notes = notesOf(report, part)
  return `${colours.bold('ensemble')} (${part} samples)\n${table}${notes.map((note) => `${note}\n`).join('')}`
}

const columns: readonly Column[] = [
  { title: 'model' },
  ...['weight', 'acc.', 'loss', 'Brier', 'cal. err.', 'ms/1000'].map(
    (title) => ({ title, align: 'right' }) as const,
  ),
  { title: 'state' },
]

function cellsOf({ name, weight, scores, predictionTimeMs, state }: Row, part: Part): readonly string[] {
  const own = scores[part]
  const measured = (value: number | string | undefined, format: (value: number) => string) =>
    value === undefined ? '-' : format(Number(value))
  return [
    name,
    weight === undefined ? '' : weight.toFixed(3),
    measured(own?.accuracy, (value) =>
      Number.isFinite(value) ? `${(100 * value).toFixed(2)}%` : String(value),
    ),
    measured(own?.loss, formatMeasured),
    measured(own?.brier, formatMeasured),
    measured(own?.calibrationError, formatMeasured),
    measured(predictionTimeMs, formatMeasured),
    state,
  ]
}

/** `seed 1, snapshot3`: a run may leave several models. */
function modelName({ name, model = '' }: ExperimentReport['members'][number]): string {
  const own = model.replace(/\.safetensors$/, '')
  return own === 'model' || own === '' || name.endsWith(own) ? name : `${name}, ${own}`
}

function studentRows(student: NonNullable<ExperimentReport['student']>): readonly Row[] {
  const { biasCorrection } = student
  const row = { name: 'student', ...student, state: runState(student) }
  return biasCorrection === undefined
    ? [row]
    : [{ name: 'student, uncorrected', scores: biasCorrection.before, state: '' }, row]
}

function runState({ state, reason }: ExperimentReport['ensemble']): string {
  return stateText({ state, reason, cancelRequested: false })
}

function notesOf(report: ExperimentReport, part: Part): readonly string[] {
  const { members, ensemble, student, disagreement, diversity } = report
  const [unlike, spread] = [disagreement?.[part], diversity?.[part]]
  const hidden = members.length - shownMembers
  return [
    ...(hidden > 0 ? [`${hidden} more members are not shown`] : []),
    ...(unlike === undefined ? [] : [`two members disagree on ${formatPercent(unlike)} of the samples`]),
    ...(spread === undefined ? [] : [`their mean divergence from the mean is ${formatMeasured(spread)}`]),
    ...members.flatMap(({ name, leftOut }) =>
      leftOut === undefined ? [] : [`${name} is left out: ${leftOut}`],
    ),
    ...(ensemble.message === undefined ? [] : [`ensemble: ${ensemble.message}`]),
    ...(student?.message === undefined ? [] : [`student: ${student.message}`]),
    ...biasNote(student, part),
  ]
}

function biasNote(student: ExperimentReport['student'], part: Part): readonly string[] {
  if (student?.biasCorrection === undefined) return []
  const { classes, offset, frequency, before } = student.biasCorrection
  const right = (scores: PartScores, label: number) => scores[part]?.classAccuracy?.[label]
  const changes = classes.flatMap((label) => {
    const [was, is] = [right(before, label), right(student.scores, label)]
    if (typeof was !== 'number' || typeof is !== 'number') return []
    return [`of class ${label} ${formatPercent(was)} were right before, ${formatPercent(is)} are now`]
  })
  const which = `class${classes.length === 1 ? '' : 'es'} ${classes.join(', ')}`
  return [
    `student: ${formatMeasured(fromWireNumber(offset))} was added to the bias of ${which}, predicted ${formatPercent(frequency)} of the time since`,
    ...changes,
  ]
}
