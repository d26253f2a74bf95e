import { stripVTControlCharacters } from 'node:util'
import asciichart from 'asciichart'
import { type Extent, formatPasses } from '../passes.ts'
import type { Colours } from '../terminal/colours.ts'
import { formatMeasured } from '../terminal/number-format.ts'
import { type CurveScale, curveScale } from './curve-scale.ts'
import { type Curve, resample } from './resample.ts'

export interface LabelledCurve extends Curve {
  readonly label: string
}

export interface DrawingOptions {
  /** Characters that a line of the drawing may take. */
  readonly width: number
  readonly colours: Colours
  /** Equal factors are equally far apart; only where every value is positive. */
  readonly logarithmic?: boolean
  /** What the curves are over; steps by default. */
  readonly extent?: Extent
}

const height = 14
const palette = ['cyan', 'yellow', 'magenta', 'green', 'red', 'blue', 'white', 'gray'] as const
const letters = 'abcdefgh'

/** How many curves one drawing can tell apart. */
export const maximumCurves = palette.length

/**
 * Curves over steps, with axes and a legend; ends with a line break. In colour every curve has its own; without
 * colours, curves that share a drawing are drawn in letters. A value that is no number ends its curve, and the
 * legend says so.
 */
export function drawCurves(all: readonly LabelledCurve[], options: DrawingOptions): string {
  const finite = all.slice(0, maximumCurves).map(untilNonFinite)
  const scale = curveScale(finite)
  if (scale === undefined) return 'nothing recorded yet\n'
  const axis = options.logarithmic === true && scale.min > 0 ? logarithmic : linear
  const curves = finite.map((curve) => ({ ...curve, values: curve.values.map(axis.position) }))
  const labelWidth = Math.max(6, ...[scale.min, scale.max].map((value) => formatMeasured(value).length))
  const columns = Math.max(20, Math.min(options.width, 120) - labelWidth - 2)
  const paint = painter(curves.length, options.colours)

  const grid: Cell[][][] = []
  const labels: string[] = []
  curves.forEach((curve, index) => {
    plotRows(curve, scale, { axis, labelWidth, columns }).forEach(({ label, cells, start }, row) => {
      labels[row] = label
      const line = grid[row] ?? Array.from({ length: columns }, (): Cell[] => [])
      grid[row] = line
      for (const [at, character] of [...cells].entries()) {
        if (character !== ' ') line[start + at]?.push({ character, index })
      }
    })
  })
  const entries = [
    ...curves.map(({ label, ended }, index) => `${paint.mark({ character: '─', index })} ${label}${ended}`),
    ...(axis === logarithmic ? ['(logarithmic scale)'] : []),
    ...(scale.cut ? [`(above ${formatMeasured(scale.max)}: cut off)`] : []),
  ]
  const body = grid.map((line, row) => `${labels[row] ?? ''} ┤${line.map(paint.cell).join('')}`.trimEnd())
  return `${[...body, ...extentAxis(scale, labelWidth, columns, options.extent), legend(entries, options.width)].join('\n')}\n`
}

/** How values become heights. */
interface ValueAxis {
  position(value: number): number
  value(position: number): number
}

const linear: ValueAxis = { position: (value) => value, value: (position) => position }
const logarithmic: ValueAxis = { position: Math.log10, value: (position) => 10 ** position }

interface PlotRow {
  readonly label: string
  readonly cells: string
  /** The column where `cells` starts. */
  readonly start: number
}

interface PlotFrame {
  readonly axis: ValueAxis
  readonly labelWidth: number
  readonly columns: number
}

/** One curve of heights as rows of box-drawing characters, all curves of one scale in the same rows. */
function plotRows(
  curve: Curve,
  { first, last, ...limits }: CurveScale,
  { axis, labelWidth, columns }: PlotFrame,
): readonly PlotRow[] {
  const min = axis.position(limits.min)
  const max = axis.position(limits.max)
  // A line has one cell for each step from value to value.
  const resampled = resample(curve, { first, last }, columns + 1)
  const start = resampled.findIndex((value) => value !== undefined)
  const values = resampled.filter((value) => value !== undefined).map((value) => Math.min(value, max))
  const [only] = values
  if (only === undefined) return []
  const drawn = values.length === 1 ? [only, only] : values
  const format = (height: number): string => formatMeasured(axis.value(height)).padStart(labelWidth)
  return asciichart
    .plot([drawn], { min, max, height, offset: 2, format })
    .split('\n')
    .map((line) => ({
      label: line.slice(0, labelWidth),
      cells: line.slice(labelWidth + 1, labelWidth + 1 + columns),
      start: Math.min(start, columns - 1),
    }))
}

/** The line under the drawing, and the first, middle and last step under it. */
function extentAxis(
  { first, last }: CurveScale,
  labelWidth: number,
  columns: number,
  extent: Extent = 'step',
): readonly string[] {
  const format = (at: number): string => (extent === 'step' ? String(Math.round(at)) : formatPasses(at))
  const middle = Math.floor((columns - 1) / 2)
  const line = Array.from({ length: columns }, (_, at) => (at === middle || at === columns - 1 ? '┬' : '─'))
  const margin = ' '.repeat(labelWidth + 1)
  const start = `${extent} ${format(first)}`
  const centre = format(first + ((last - first) * middle) / (columns - 1))
  const end = format(last)
  const toCentre = start.padEnd(middle - Math.floor(centre.length / 2)) + centre
  return [`${margin}└${line.join('')}`, `${margin} ${toCentre}${end.padStart(columns - toCentre.length)}`]
}

/** What one curve puts into a place of the grid. */
interface Cell {
  readonly character: string
  readonly index: number
}

interface Painter {
  mark(cell: Cell): string
  /** What shows where several curves may meet. */
  cell(this: void, cells: readonly Cell[], column: number): string
}

function painter(count: number, colours: Colours): Painter {
  const inColour = colours.isColorSupported || count === 1
  const mark = ({ character, index }: Cell): string =>
    inColour ? colours[palette[index] ?? 'white'](character) : (letters[index] ?? '?')
  return {
    mark,
    // Where curves meet they take turns, column by column: none disappears behind another.
    cell(cells, column) {
      const shown = cells[column % cells.length]
      return shown === undefined ? ' ' : mark(shown)
    },
  }
}

/** What is drawn how, and how to read it, in lines of the width. */
function legend(entries: readonly string[], width: number): string {
  const lines: string[] = []
  for (const entry of entries) {
    const longer = `${lines.at(-1) ?? ' '}  ${entry}`
    if (lines.length > 0 && stripVTControlCharacters(longer).length <= width) lines[lines.length - 1] = longer
    else lines.push(`  ${entry}`)
  }
  return lines.join('\n')
}

interface DrawnCurve extends LabelledCurve {
  /** What the legend says of a curve that stopped being finite. */
  readonly ended: string
}

function untilNonFinite(curve: LabelledCurve): DrawnCurve {
  const end = curve.values.findIndex((value) => !Number.isFinite(value))
  if (end < 0) return { ...curve, ended: '' }
  return {
    label: curve.label,
    steps: curve.steps.slice(0, end),
    values: curve.values.slice(0, end),
    ended: ` (${curve.values[end]} at step ${curve.steps[end]})`,
  }
}
