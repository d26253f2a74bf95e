import { i8x16, type Local } from './assembler/index.ts'
import { type Emit, get, set } from './emit.ts'
import { vectorBytes } from './gemm-segments.ts'
import type { Precision } from './lanes.ts'

/**
 * The square that as many vectors as each has lanes make, transposed in place: lane i of vector j becomes lane j of
 * vector i.
 */
export function transposeSquare(
  precision: Precision,
  rows: readonly Local<'v128'>[],
  spare: readonly Local<'v128'>[],
): void {
  if (precision === 'f64') {
    const [a, b] = rows
    const [first] = spare
    set(first, shuffle(a, b, [0, 2]))
    set(b, shuffle(a, b, [1, 3]))
    set(a, get(first))
    return
  }
  const [a, b, c, d] = rows
  const [lowAB, lowCD] = spare
  set(lowAB, shuffle(a, b, [0, 4, 1, 5]))
  set(lowCD, shuffle(c, d, [0, 4, 1, 5]))
  set(b, shuffle(a, b, [2, 6, 3, 7]))
  set(d, shuffle(c, d, [2, 6, 3, 7]))
  set(a, shuffle(lowAB, lowCD, [0, 1, 4, 5]))
  set(c, shuffle(b, d, [0, 1, 4, 5]))
  set(d, shuffle(b, d, [2, 3, 6, 7]))
  set(b, shuffle(lowAB, lowCD, [2, 3, 6, 7]))
}

/** Lanes of a, and counting on, of b. */
function shuffle(a: Local<'v128'>, b: Local<'v128'>, places: readonly number[]): Emit {
  const laneBytes = vectorBytes / places.length
  return () => {
    get(a)()
    get(b)()
    i8x16.shuffle(
      places.flatMap((place) => Array.from({ length: laneBytes }, (_, byte) => place * laneBytes + byte)),
    )
  }
}
