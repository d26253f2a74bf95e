import { readFile, writeFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import type { Figure, Skipped } from './measure.ts'

interface Header {
  readonly machine: Readonly<Record<string, string | number>>
  readonly versions: Readonly<Record<string, string>>
}

type Line = { readonly suite: string } & (Header | Figure | Skipped)

/** Figures that share their columns: one for each peer. */
interface Table {
  readonly title: string
  readonly rows: Map<string, Figure[]>
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
  parts.push(...tablesOf(figures).map(tableText))
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

/** `adam 10000` is a row of a table for its length, `adam 10000, foreign arrays` one of a table for that. */
function tablesOf(figures: readonly Figure[]): Table[] {
  const tables = new Map<string, Table>()
  for (const figure of figures) {
    const [, name, length, variant] = /^(\S+) (\d+)(?:, (.+))?$/.exec(figure.case) ?? []
    const lengthText = `${Number(length).toLocaleString('en')} parameters`
    const [title, row] =
      name === undefined
        ? ['', figure.case]
        : variant === undefined
          ? [lengthText, name]
          : [variant, `${name}, ${lengthText}`]
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
      const figure = ofRow.find((each) => each.peerName === peerName)
      return figure === undefined ? '' : `${show(figure.peer, unit)} (${figure.ratio}×)`
    })
    return [row, show(thalweg, unit), ...beside]
  })
  const unit = inMilliseconds ? 'ms' : 'µs'
  const heading = title === '' ? [] : [`### ${title[0].toUpperCase()}${title.slice(1)}`, '']
  return [...heading, ...aligned([[unit, 'Thalweg', ...peerNames], ...cells]), ''].join('\n')
}

function aligned([head, ...rows]: readonly (readonly string[])[]): string[] {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column].length), 3))
  const lineOf = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`
  return [lineOf(head), lineOf(widths.map((width) => '-'.repeat(width))), ...rows.map(lineOf)]
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
