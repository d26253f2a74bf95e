import { i32, type Local } from './assembler/index.ts'
import { advance, type Emit, get, minus, plus, set, times, when, whileBelow, whole } from './emit.ts'
import { defineKernel, type Kernel, once } from './kernel.ts'
import type { Precision } from './lanes.ts'
import { alongRow } from './rows.ts'
import { eachLine, type WindowVariables, windowLocals, windowParameters, zeroNewRows } from './windows.ts'

const parameters = ['line', 'lines', 'images', 'columns', ...windowParameters] as const

const locals = {
  ...windowLocals,
  windowRow: i32,
  row: i32,
  from: i32,
  to: i32,
  offset: i32,
  endRun: i32,
} as const

type Variables = WindowVariables &
  Readonly<
    Record<'images' | 'columns' | Exclude<keyof typeof locals, keyof typeof windowLocals>, Local<'i32'>>
  >

/**
 * `(line, lines, images, columns, ...windowValues)`: copies what lies in each window to a row of `columns`, which is
 * [lines outColumns, windowRows windowColumns channels], 0 where a window lies outside of its image.
 *
 * Lines of windows from `line` on, counted through all images; `images` is the address of the first image, `columns`
 * of the first row that is written.
 */
export const im2col = once(
  (precision: Precision): Kernel =>
    defineKernel({
      name: 'im2col',
      parameters,
      locals,
      body(v) {
        eachRun(v, {
          inside: () => alongBytes(v, precision, v.from),
          outside: () => alongBytes(v, precision, undefined),
        })
      },
    }),
)

/**
 * `(line, lines, images, columns, ...windowValues)`: the transpose of `im2col`: adds each row of `columns` to the places
 * of the images that it would be copied from, line by line, and drops what lies outside.
 *
 * Rows of an image start at 0 when the first of its lines reaches them: lines are to come in order, from an image's
 * first to its last; in one call or several.
 */
export const col2im = once(
  (precision: Precision): Kernel =>
    defineKernel({
      name: 'col2im',
      parameters,
      locals,
      body(v) {
        eachRun(v, {
          line: () => zeroNewRows(v, precision),
          inside() {
            set(v.column, whole(0))
            alongRow(precision, v.column, get(v.bytes), (lanes) => {
              const place = plus(get(v.from), get(v.column))
              lanes.store(place, lanes.add(lanes.load(place), lanes.load(plus(get(v.to), get(v.column)))))
            })
          },
        })
      },
    }),
)

/** `bytes` at `to` become those at `from`, or 0. */
function alongBytes(v: Variables, precision: Precision, from: Local<'i32'> | undefined): void {
  set(v.column, whole(0))
  alongRow(precision, v.column, get(v.bytes), (lanes) => {
    const value = from === undefined ? lanes.constant(0) : lanes.load(plus(get(from), get(v.column)))
    lanes.store(plus(get(v.to), get(v.column)), value)
  })
}

interface RunActions {
  /** Before the runs of a line of windows. */
  readonly line?: () => void
  /** `bytes` of an image at `from` belong to the columns at `to`. */
  readonly inside: () => void
  /** `bytes` at `to` belong to nothing. */
  readonly outside?: () => void
}

/** Goes through the windows of the lines, row by row of theirs: whole runs inside of the image, pixels at its sides. */
function eachRun(v: Variables, { line, inside, outside = () => {} }: RunActions): void {
  const { columns, windowRow, row, from, to, offset, endRun, bytes } = v
  const patchBytes = times(get(v.windowRows), get(v.runBytes))

  /** Pixels of a run that crosses a side: `offset` and `to` go along. */
  function eachPixel(): void {
    set(bytes, get(v.pixelBytes))
    set(endRun, plus(get(to), get(v.runBytes)))
    whileBelow(to, get(endRun), () => {
      set(from, plus(get(row), get(offset)))
      when(() => i32.lt_u(offset, v.rowBytes), inside, outside)
      advance(offset, get(v.pixelBytes))
      advance(to, get(v.pixelBytes))
    })
    set(to, minus(get(to), get(v.runBytes)))
    set(offset, minus(get(offset), get(v.runBytes)))
  }

  eachLine(v, v.images, () => {
    line?.()
    set(windowRow, whole(0))
    whileBelow(windowRow, get(v.windowRows), () => {
      set(row, plus(get(v.top), get(windowRow)))
      set(to, plus(get(columns), times(get(windowRow), get(v.runBytes))))
      const eachWindow = (run: () => void): void => {
        set(v.outColumn, whole(0))
        whileBelow(v.outColumn, get(v.outColumns), () => {
          run()
          advance(to, patchBytes)
          advance(v.outColumn, whole(1))
        })
      }
      when(
        () => i32.lt_u(row, v.rows),
        () => {
          set(row, plus(get(v.image), times(get(row), get(v.rowBytes))))
          set(offset, minus(whole(0), get(v.leftBytes)))
          eachWindow(() => {
            set(bytes, get(v.runBytes))
            set(from, plus(get(row), get(offset)))
            when(isInside, inside, eachPixel)
            advance(offset, get(v.stepBytes))
          })
        },
        () => {
          set(bytes, get(v.runBytes))
          eachWindow(outside)
        },
      )
      advance(windowRow, whole(1))
    })
    advance(columns, times(get(v.outColumns), patchBytes))
  })

  /** Whether a run from `offset` on lies in its row, which may be shorter. */
  function isInside(): void {
    i32.ge_s(offset, 0)
    const end: Emit = plus(get(offset), get(v.runBytes))
    end()
    get(v.rowBytes)()
    i32.le_s()
    i32.and()
  }
}
