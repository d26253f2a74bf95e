import { func, i32 } from './assembler/index.ts'
import { advance, get, minus, plus, set, times, whileBelow, whole } from './emit.ts'
import { vectorBytes } from './gemm-segments.ts'
import { type Kernel, once } from './kernel.ts'
import { lanesOf, type Precision } from './lanes.ts'

/** Vectors that are copied in one round of a loop. */
const vectorsPerRound = 4

/** `(from, fromStep, to, toStep, rows, length)`: copies rows of `length` elements. */
export const copyRows = once((precision: Precision): Kernel => {
  const { vector, single } = lanesOf[precision]
  const roundBytes = vectorsPerRound * vectorBytes
  const { elementBytes } = single
  const kernel = func(
    { in: [i32, i32, i32, i32, i32, i32], locals: [i32, i32, i32, i32], out: [] },
    ([from, fromStep, to, toStep, rows, length], [row, source, target, end]) => {
      set(row, whole(0))
      whileBelow(row, get(rows), () => {
        set(source, get(from))
        set(target, get(to))
        set(end, plus(get(source), times(get(length), whole(elementBytes))))
        set(end, minus(get(end), whole(roundBytes - elementBytes)))
        whileBelow(source, get(end), () => {
          for (let offset = 0; offset < roundBytes; offset += vectorBytes) {
            vector.store(get(target), vector.load(get(source), offset), offset)
          }
          advance(source, whole(roundBytes))
          advance(target, whole(roundBytes))
        })
        set(end, plus(get(end), whole(roundBytes - elementBytes)))
        whileBelow(source, get(end), () => {
          single.store(get(target), single.load(get(source)))
          advance(source, whole(elementBytes))
          advance(target, whole(elementBytes))
        })
        advance(from, get(fromStep))
        advance(to, get(toStep))
        advance(row, whole(1))
      })
    },
  )
  return { name: 'copyRows', func: kernel }
})

/**
 * `(from, fromStep, to, toStep, strips, rows)`: cuts `rows` rows into `strips` strips, `width` elements wide, each of
 * which then lies together. Row by row, because a strip at a time would touch every cache line several times.
 */
export const cutStrips = once((precision: Precision, width: number): Kernel => {
  const { vector, single } = lanesOf[precision]
  const stripBytes = width * single.elementBytes
  const kernel = func(
    { in: [i32, i32, i32, i32, i32, i32], locals: [i32, i32, i32, i32], out: [] },
    ([from, fromStep, to, toStep, strips, rows], [row, source, target, end]) => {
      set(row, whole(0))
      whileBelow(row, get(rows), () => {
        set(source, get(from))
        set(target, get(to))
        set(end, plus(get(source), times(get(strips), whole(stripBytes))))
        whileBelow(source, get(end), () => {
          let offset = 0
          for (; offset + vectorBytes <= stripBytes; offset += vectorBytes) {
            vector.store(get(target), vector.load(get(source), offset), offset)
          }
          for (; offset < stripBytes; offset += single.elementBytes) {
            single.store(get(target), single.load(get(source), offset), offset)
          }
          advance(source, whole(stripBytes))
          advance(target, get(toStep))
        })
        advance(from, get(fromStep))
        advance(to, whole(stripBytes))
        advance(row, whole(1))
      })
    },
  )
  return { name: 'cutStrips', func: kernel }
})
