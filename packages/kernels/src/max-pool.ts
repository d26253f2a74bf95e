import { get, plus, set } from './emit.ts'
import { defineKernel, type Kernel, once } from './kernel.ts'
import { lanesOf, type Precision } from './lanes.ts'
import { eachTap, eachWindow, poolLocals, poolParameters } from './pooling.ts'
import { zeroNewRows } from './windows.ts'

/**
 * `(y, places, line, lines, images, ...windowValues)`: y = the largest number of each window, channel by channel: the
 * first of equal ones, and NaN if there is one. No window may reach out of its image.
 *
 * `places`, as large as y, gets which number of the window that was, counted row by row from 0; where
 * `keepsPlaces` is false it is not written. `y` and `places` are those of the line `line`.
 */
export const maxPool = once((precision: Precision, keepsPlaces: boolean): Kernel => {
  const { vector, single } = lanesOf[precision]
  return defineKernel({
    name: 'maxPool',
    parameters: ['y', 'places', ...poolParameters],
    locals: {
      ...poolLocals,
      wideX: vector.type,
      wideBest: vector.type,
      widePlace: vector.type,
      wideCount: vector.type,
      narrowX: single.type,
      narrowBest: single.type,
      narrowPlace: single.type,
      narrowCount: single.type,
    },
    body(v) {
      const wide = { x: v.wideX, best: v.wideBest, place: v.widePlace, count: v.wideCount }
      const narrow = { x: v.narrowX, best: v.narrowBest, place: v.narrowPlace, count: v.narrowCount }
      eachWindow(v, precision, [v.y, v.places], {
        body(lanes) {
          const { x, best, place, count } = lanes.width === 1 ? narrow : wide
          set(best, lanes.load(plus(get(v.window), get(v.column))))
          for (const counter of [place, count]) set(counter, lanes.constant(0))
          eachTap(v, () => {
            set(x, lanes.load(get(v.tap)))
            for (const [kept, next] of keepsPlaces
              ? ([
                  [place, count],
                  [best, x],
                ] as const)
              : ([[best, x]] as const)) {
              set(kept, lanes.choose('>', get(x), get(best), get(next), get(kept)))
              set(kept, lanes.choose('!=', get(x), get(x), get(next), get(kept)))
            }
            if (keepsPlaces) set(count, lanes.add(get(count), lanes.constant(1)))
          })
          lanes.store(plus(get(v.y), get(v.column)), get(best))
          if (keepsPlaces) lanes.store(plus(get(v.places), get(v.column)), get(place))
        },
      })
    },
  })
})

/**
 * `(places, dy, line, lines, images, ...windowValues)`: dx = the sum of dy of the windows whose largest number was there.
 * `images` is dx. Lines are to come in order, from an image's first to its last. Where windows `tile` their images, each
 * number is written once.
 */
export const maxPoolBackward = once((precision: Precision, tile: boolean): Kernel => {
  const { vector, single } = lanesOf[precision]
  return defineKernel({
    name: 'maxPoolBackward',
    parameters: ['places', 'dy', ...poolParameters],
    locals: {
      ...poolLocals,
      widePlace: vector.type,
      wideCount: vector.type,
      wideGradient: vector.type,
      narrowPlace: single.type,
      narrowCount: single.type,
      narrowGradient: single.type,
    },
    body(v) {
      const wide = { place: v.widePlace, count: v.wideCount, gradient: v.wideGradient }
      const narrow = { place: v.narrowPlace, count: v.narrowCount, gradient: v.narrowGradient }
      eachWindow(v, precision, [v.places, v.dy], {
        line() {
          if (!tile) zeroNewRows(v, precision)
        },
        body(lanes) {
          const { place, count, gradient } = lanes.width === 1 ? narrow : wide
          set(place, lanes.load(plus(get(v.places), get(v.column))))
          set(gradient, lanes.load(plus(get(v.dy), get(v.column))))
          set(count, lanes.constant(0))
          eachTap(v, () => {
            const share = lanes.choose('==', get(place), get(count), get(gradient), lanes.constant(0))
            lanes.store(get(v.tap), tile ? share : lanes.add(lanes.load(get(v.tap)), share))
            set(count, lanes.add(get(count), lanes.constant(1)))
          })
        },
      })
    },
  })
})
