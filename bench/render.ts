import { readFile, writeFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import type { Minimisation, Overhead, Score } from './lbfgs-figures.ts'
import { minimisationsText, overheadsText, scoresText } from './lbfgs-tables.ts'
import { markdownTable } from './markdown-table.ts'
import type { Figure, Skipped } from './measure.ts'
import type { LimitShare, ProductsAlone, TrainingFigure } from './training-figures.ts'

interface Header {
  readonly machine: Readonly<Record<string, string | number>>
  readonly versions: Readonly<Record<string, string>>
}

type AnyFigure = Figure & Partial<TrainingFigure>
type Line = { readonly suite: string } & (
  | Header
  | AnyFigure
  | Overhead
  | LimitShare
  | Minimisation
  | ProductsAlone
  | Score
  | Skipped
)

/** Figures that share their columns: one for each peer. */
interface Table {
  readonly title: string
  readonly rows: Map<string, AnyFigure[]>
}

/**
 * Reads lines of JSON, and prints tables of them. With a file, puts them there instead, between
 * `<!-- bench <suite> -->` and `<!-- end -->`.
 */
export async function render(file: string | undefined): Promise<void> {
  const input = await text(process.stdin)
  const lines = input
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line): Line => JSON.parse(line))
  const suites = Map.groupBy(lines, (line) => line.suite)
  if (file === undefined) {
    for (const suiteLines of suites.values()) console.log(section(suiteLines))
    return
  }
  let page = await readFile(file, 'utf8')
  for (const [suite, suiteLines] of suites) {
    const [start, end] = [`<!-- bench ${suite} -->`, '<!-- end -->']
    const from = page.indexOf(start)
    if (from < 0) throw new Error(`${file} has no ${start}`)
    const to = page.indexOf(end, from)
    if (to < 0) throw new Error(`${file} has no ${end} after ${start}`)
    page = `${page.slice(0, from + start.length)}\n\n${section(suiteLines)}\n${page.slice(to)}`
  }
  await writeFile(file, page)
}

function section(lines: readonly Line[]): string {
  const figures = lines.filter((line) => 'ratio' in line)
  const skipped = lines.filter((line) => 'skipped' in line)
  const parts = lines.filter((line) => 'machine' in line).map(headerText)
  const scores = lines.filter((line) => 'solvedOfThem' in line)
  if (scores.length > 0) parts.push(scoresText(scores))
  const overheads = figures.filter((line) => 'vectors' in line)
  if (overheads.length > 0) parts.push(overheadsText(overheads))
  parts.push(...tablesOf(figures.filter((line) => !('vectors' in line))).map(tableText))
  const shares = lines.filter((line) => 'share' in line)
  if (shares.length > 0) parts.push(sharesText(shares))
  const alone = lines.filter((line) => 'productsMs' in line)
  if (alone.length > 0) parts.push(productsAloneText(alone))
  const minimisations = lines.filter((line) => 'dishonest' in line)
  if (minimisations.length > 0) parts.push(minimisationsText(minimisations))
  if (skipped.length > 0) parts.push(skippedText(skipped))
  if (figures.length > 0) parts.push(spreadText(figures))
  return parts.join('\n')
}

function headerText({ machine, versions }: Header): string {
  const { processor, threads, memoryGiB, system, load } = machine
  const kinds = Object.entries(versions).map(([name, version]) => `${name} ${version}`)
  return [
    `Machine: ${processor}, ${threads} threads, ${memoryGiB} GiB, ${system}; load before the run ${load}.`,
    `Versions: ${kinds.join('; ')}.`,
    '',
  ].join('\n')
}

/**
 * `adam 10000` is a row of a table for its length, `adam 10000, foreign arrays` one of a table for that, and what has
 * more than one of ours one of a table for each.
 */
function placeOf(figure: AnyFigure): readonly [title: string, row: string] {
  if (figure.thalwegName !== undefined) return [figure.thalwegName, figure.case]
  const [, name, length, variant] = /^(\S+) (\d+)(?:, (.+))?$/.exec(figure.case) ?? []
  if (name === undefined) return ['', figure.case]
  const lengthText = `${Number(length).toLocaleString('en')} parameters`
  return variant === undefined ? [lengthText, name] : [variant, `${name}, ${lengthText}`]
}

function tablesOf(figures: readonly AnyFigure[]): Table[] {
  const tables = new Map<string, Table>()
  for (const figure of figures) {
    const [title, row] = placeOf(figure)
    const table = tables.get(title) ?? { title, rows: new Map() }
    tables.set(title, table)
    table.rows.set(row, [...(table.rows.get(row) ?? []), figure])
  }
  return [...tables.values()]
}

function tableText({ title, rows }: Table): string {
  const figures = [...rows.values()].flat()
  const peerNames = [...new Set(figures.map((figure) => figure.peerName))]
  const inMilliseconds = figures.every(({ unit, thalweg }) => unit === 'ms' || thalweg >= 1000)
  const show = (value: number, unit: Figure['unit']): string =>
    Number((inMilliseconds && unit === 'us' ? value / 1000 : value).toPrecision(3)).toLocaleString('en', {
      maximumSignificantDigits: 3,
    })
  const cells = [...rows].map(([row, ofRow]) => {
    const { thalweg, unit } = ofRow[0]
    const beside = peerNames.map((peerName) => {
      const settings = ofRow.filter((each) => each.peerName === peerName)
      const [best] = settings.sort((a, b) => a.peer - b.peer)
      if (best === undefined) return ''
      const setting = best.setting === undefined ? '' : `; ${best.setting}`
      return `${show(best.peer, unit)} (${best.ratio}×${setting})`
    })
    return [row, show(thalweg, unit), ...beside]
  })
  const unit = inMilliseconds ? 'ms' : 'µs'
  const heading = title === '' ? [] : [`### ${title[0].toUpperCase()}${title.slice(1)}`, '']
  return [...heading, ...markdownTable([[unit, 'Thalweg', ...peerNames], ...cells]), ''].join('\n')
}

/** A row for each case, a column for each contender; of several settings the best. */
function sharesText(shares: readonly LimitShare[]): string {
  const contenders = [...new Set(shares.map((each) => each.contender))]
  const threads = [...new Set(shares.map((each) => each.threads))]
  const rows = [...Map.groupBy(shares, (each) => each.case)].map(([row, ofRow]) => {
    const peaks = threads.map((count) => ofRow.find((each) => each.threads === count)?.peakGflops ?? '')
    const cells = contenders.map((contender) => {
      const ofContender = ofRow.filter((each) => each.contender === contender).map((each) => each.share)
      return ofContender.length === 0 ? '' : `${Number((100 * Math.max(...ofContender)).toPrecision(2))} %`
    })
    return [row, peaks.join(' / '), ...cells]
  })
  const title = '### Share of the arithmetic limit'
  const table = markdownTable([['', `GFLOP/s at ${threads.join(' / ')} threads`, ...contenders], ...rows])
  const note =
    'Operations of a step by its time, over those of a product of two 1024x1024 matrices by the BLAS of PyTorch. Those of ' +
    'a convolution are those of the direct one: one that needs fewer may exceed 100 %.'
  return [title, '', note, '', ...table, ''].join('\n')
}

/** A row for each case, a column for each contender. */
function productsAloneText(lines: readonly ProductsAlone[]): string {
  const contenders = [...new Set(lines.map((each) => each.contender))]
  const rows = [...Map.groupBy(lines, (each) => each.case)].map(([row, ofRow]) => [
    row,
    ...contenders.map((contender) => {
      const found = ofRow.find((each) => each.contender === contender)
      return found === undefined ? '' : `${found.productsMs} of ${found.stepMs} (${found.bound}×)`
    }),
  ])
  const note =
    'What the matrix products of a step take without all the rest, of what the step takes; in parentheses the ratio to the ' +
    'fastest PyTorch with as many threads that a step of nothing else would have.'
  return ['### Products alone', '', note, '', ...markdownTable([['ms', ...contenders], ...rows]), ''].join(
    '\n',
  )
}

function skippedText(skipped: readonly Skipped[]): string {
  const sentences = Map.groupBy(skipped, (each) => `${each.skipped} ${each.reason}`)
  const lines = [...sentences.values()].map((group) => {
    const cases = group.map((each) => each.case).filter((each) => each !== undefined)
    return `- ${group[0].skipped}${cases.length > 0 ? ` (${cases.join(', ')})` : ''}: ${group[0].reason}`
  })
  return ['Without a figure:', '', ...lines, ''].join('\n')
}

function spreadText(figures: readonly Figure[]): string {
  const spreads = figures.map((figure) => figure.spread).sort((a, b) => a - b)
  const [middle, widest] = [spreads[spreads.length >> 1], spreads[spreads.length - 1]].map((spread) =>
    (spread * 100).toPrecision(2),
  )
  return `The interquartile range of a figure's samples is ${middle} % of their median in the middle figure, ${widest} % in the widest.\n`
}
