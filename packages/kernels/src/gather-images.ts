import { i32, if_, local } from './assembler/index.ts'
import { advance, type Emit, get, minus, plus, set, times, when, whileBelow, whole } from './emit.ts'
import { defineKernel, type Kernel, once } from './kernel.ts'
import { lanesOf, type Precision } from './lanes.ts'

/**
 * `(count, rows, columns, channels, indices, moves, images, target)`: copies the images that `indices` [count] names,
 * each moved and maybe mirrored as three i32 of `moves` [count, 3] say: flip, rowShift, columnShift.
 *
 *   target[r, c] = image[r - rowShift, s],  s = c - columnShift, or columns - 1 - (c - columnShift) where flip is 1;
 *   0 where that lies outside of the image
 *
 * Shapes: images and target [·, rows, columns, channels].
 */
export const gatherImages = once((precision: Precision): Kernel => {
  const { single } = lanesOf[precision]
  const { elementBytes } = single
  return defineKernel({
    name: 'gatherImages',
    parameters: ['count', 'rows', 'columns', 'channels', 'indices', 'moves', 'images', 'target'],
    locals: {
      end: i32,
      image: i32,
      row: i32,
      column: i32,
      sourceRow: i32,
      sourceColumn: i32,
      from: i32,
      pixelEnd: i32,
    },
    body(v) {
      const { count, rows, columns, channels, indices, moves, images, target } = v
      const { end, image, row, column, sourceRow, sourceColumn, from, pixelEnd } = v
      const loaded =
        (address: typeof indices, offset = 0): Emit =>
        () => {
          local.get(address)
          i32.load({ offset })
        }
      const pixelBytes = times(get(channels), whole(elementBytes))
      /** Whether a place lies in [0, size): unsigned, a negative one is beyond. */
      const inside =
        (place: typeof row, size: typeof rows): Emit =>
        () =>
          i32.lt_u(place, size)
      set(end, plus(get(indices), times(get(count), whole(4))))
      whileBelow(indices, get(end), () => {
        set(
          image,
          plus(get(images), times(loaded(indices), times(get(rows), times(get(columns), pixelBytes)))),
        )
        set(row, whole(0))
        whileBelow(row, get(rows), () => {
          set(sourceRow, minus(get(row), loaded(moves, 4)))
          set(column, whole(0))
          whileBelow(column, get(columns), () => {
            set(sourceColumn, minus(get(column), loaded(moves, 8)))
            loaded(moves)()
            if_(() => set(sourceColumn, minus(minus(get(columns), whole(1)), get(sourceColumn))))
            set(pixelEnd, plus(get(target), pixelBytes))
            when(
              () => {
                inside(sourceRow, rows)()
                inside(sourceColumn, columns)()
                i32.and()
              },
              () => {
                const place = plus(times(get(sourceRow), get(columns)), get(sourceColumn))
                set(from, plus(get(image), times(place, pixelBytes)))
                whileBelow(target, get(pixelEnd), () => {
                  single.store(get(target), single.load(get(from)))
                  advance(from, whole(elementBytes))
                  advance(target, whole(elementBytes))
                })
              },
              () =>
                whileBelow(target, get(pixelEnd), () => {
                  single.store(get(target), single.constant(0))
                  advance(target, whole(elementBytes))
                }),
            )
            advance(column, whole(1))
          })
          advance(row, whole(1))
        })
        advance(indices, whole(4))
        advance(moves, whole(12))
      })
    },
  })
})
