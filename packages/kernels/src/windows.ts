import { i32, type Local, select } from './assembler/index.ts'
import { advance, type Emit, get, minus, plus, set, times, whileBelow, whole } from './emit.ts'
import { elementBytes, type Precision } from './lanes.ts'
import { alongRow } from './rows.ts'

/**
 * Windows that slide over images [rows, columns, channels]. Window (i, j) starts at row `i strideRows - paddingTop` and
 * column `j strideColumns - paddingLeft`; it may lie outside of the image in part or whole.
 */
export interface Windows {
  readonly rows: number
  readonly columns: number
  readonly channels: number
  readonly windowRows: number
  readonly windowColumns: number
  readonly strideRows: number
  readonly strideColumns: number
  readonly paddingTop: number
  readonly paddingLeft: number
  /** How many windows there are: lines of them, and windows in a line. */
  readonly outRows: number
  readonly outColumns: number
}

/** What kernels over windows take last, as `windowValues` gives it. */
export const windowParameters = [
  'rows',
  'rowBytes',
  'pixelBytes',
  'windowRows',
  'runBytes',
  'strideRows',
  'stepBytes',
  'paddingTop',
  'leftBytes',
  'outRows',
  'outColumns',
] as const

/** Locals of such kernels. */
export const windowLocals = {
  endLine: i32,
  outRow: i32,
  outColumn: i32,
  image: i32,
  top: i32,
  start: i32,
  bytes: i32,
  column: i32,
} as const

export type WindowVariables = Readonly<
  Record<'line' | 'lines' | (typeof windowParameters)[number] | keyof typeof windowLocals, Local<'i32'>>
>

/** The numbers for `windowParameters`. A run is a row of a window, whose pixels lie together. */
export function windowValues(precision: Precision, windows: Windows): number[] {
  const pixelBytes = windows.channels * elementBytes[precision]
  return [
    windows.rows,
    windows.columns * pixelBytes,
    pixelBytes,
    windows.windowRows,
    windows.windowColumns * pixelBytes,
    windows.strideRows,
    windows.strideColumns * pixelBytes,
    windows.paddingTop,
    windows.paddingLeft * pixelBytes,
    windows.outRows,
    windows.outColumns,
  ]
}

/**
 * Runs `body` for `lines` lines of windows from `line` on, counted through all images. In it `outRow` is the line in its
 * image, `image` the address of that image among `images`, and `top` the first row of its windows.
 */
export function eachLine(v: WindowVariables, images: Local<'i32'>, body: () => void): void {
  set(v.endLine, plus(get(v.line), get(v.lines)))
  whileBelow(v.line, get(v.endLine), () => {
    set(v.outRow, () => i32.rem_u(v.line, v.outRows))
    const imagesBefore: Emit = () => i32.div_u(v.line, v.outRows)
    set(v.image, plus(get(images), times(imagesBefore, times(get(v.rows), get(v.rowBytes)))))
    set(v.top, minus(times(get(v.outRow), get(v.strideRows)), get(v.paddingTop)))
    body()
    advance(v.line, whole(1))
  })
}

/**
 * Makes 0 the image's rows that this line of windows is the first to reach, with those between and behind windows: every
 * row once, shortly before something is added to it.
 */
export function zeroNewRows(v: WindowVariables, precision: Precision): void {
  const reached = plus(get(v.top), get(v.windowRows))
  const isFirst: Emit = () => i32.eqz(v.outRow)
  const isLast: Emit = () => {
    plus(get(v.outRow), whole(1))()
    get(v.outRows)()
    i32.eq()
  }
  const from = choose(isFirst, whole(0), within(minus(reached, get(v.strideRows)), get(v.rows)))
  const to = choose(isLast, get(v.rows), within(reached, get(v.rows)))
  set(v.start, from)
  set(v.bytes, times(minus(to, get(v.start)), get(v.rowBytes)))
  set(v.start, plus(get(v.image), times(get(v.start), get(v.rowBytes))))
  set(v.column, whole(0))
  alongRow(precision, v.column, get(v.bytes), (lanes) => {
    lanes.store(plus(get(v.start), get(v.column)), lanes.constant(0))
  })
}

function choose(condition: Emit, yes: Emit, no: Emit): Emit {
  return () => {
    yes()
    no()
    condition()
    select()
  }
}

/** A signed number, or the nearer end of [0, most]. */
function within(value: Emit, most: Emit): Emit {
  const isBelow = (a: Emit, b: Emit) => () => {
    a()
    b()
    i32.lt_s()
  }
  return choose(isBelow(value, whole(0)), whole(0), choose(isBelow(value, most), value, most))
}
