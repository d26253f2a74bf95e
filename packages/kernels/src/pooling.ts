import { i32, type Local } from './assembler/index.ts'
import { advance, get, plus, set, times, whileBelow, whole } from './emit.ts'
import type { Lanes, Precision } from './lanes.ts'
import { alongRow } from './rows.ts'
import { eachLine, type WindowVariables, windowLocals, windowParameters } from './windows.ts'

/** What kernels of pools take: lines of windows, counted through all images; the first image; what has a place a window. */
export const poolParameters = ['line', 'lines', 'images', ...windowParameters] as const

export const poolLocals = {
  ...windowLocals,
  window: i32,
  windowRow: i32,
  tapRow: i32,
  tap: i32,
  endTap: i32,
} as const

export type PoolVariables = WindowVariables &
  Readonly<Record<'images' | Exclude<keyof typeof poolLocals, keyof typeof windowLocals>, Local<'i32'>>>

/**
 * Runs `body` for all channels of every window, a vector of them at a time: those from byte `column` of a pixel on.
 * `outputs` are addresses of what has a pixel for each window, from the first line on; they go along.
 */
export function eachWindow(
  v: PoolVariables,
  precision: Precision,
  outputs: readonly Local<'i32'>[],
  { line, body }: { readonly line?: () => void; readonly body: (lanes: Lanes) => void },
): void {
  eachLine(v, v.images, () => {
    line?.()
    set(v.window, plus(get(v.image), times(get(v.top), get(v.rowBytes))))
    set(v.outColumn, whole(0))
    whileBelow(v.outColumn, get(v.outColumns), () => {
      set(v.column, whole(0))
      alongRow(precision, v.column, get(v.pixelBytes), body)
      for (const output of outputs) advance(output, get(v.pixelBytes))
      advance(v.window, get(v.stepBytes))
      advance(v.outColumn, whole(1))
    })
  })
}

/** Runs `body` for every place of a window, row by row: `tap` is the address of the channels at hand. */
export function eachTap(v: PoolVariables, body: () => void): void {
  set(v.tapRow, plus(get(v.window), get(v.column)))
  set(v.windowRow, whole(0))
  whileBelow(v.windowRow, get(v.windowRows), () => {
    set(v.tap, get(v.tapRow))
    set(v.endTap, plus(get(v.tap), get(v.runBytes)))
    whileBelow(v.tap, get(v.endTap), () => {
      body()
      advance(v.tap, get(v.pixelBytes))
    })
    advance(v.tapRow, get(v.rowBytes))
    advance(v.windowRow, whole(1))
  })
}
