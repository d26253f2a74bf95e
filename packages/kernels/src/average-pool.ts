import { get, plus, set } from './emit.ts'
import { defineKernel, type Kernel, once } from './kernel.ts'
import { lanesOf, type Precision } from './lanes.ts'
import { eachTap, eachWindow, poolLocals, poolParameters } from './pooling.ts'
import { zeroNewRows } from './windows.ts'

/**
 * `(y, line, lines, images, ...windowValues)`: y = the mean of each window, channel by channel, summed row by row. `size`
 * is how many places a window has, and no window may reach out of its image. `y` is that of the line `line`.
 */
export const averagePool = once((precision: Precision, size: number): Kernel => {
  const { vector, single } = lanesOf[precision]
  return defineKernel({
    name: 'averagePool',
    parameters: ['y', ...poolParameters],
    locals: { ...poolLocals, wide: vector.type, narrow: single.type },
    body(v) {
      eachWindow(v, precision, [v.y], {
        body(lanes) {
          const sum = lanes.width === 1 ? v.narrow : v.wide
          set(sum, lanes.constant(0))
          eachTap(v, () => set(sum, lanes.add(get(sum), lanes.load(get(v.tap)))))
          lanes.store(plus(get(v.y), get(v.column)), lanes.div(get(sum), lanes.constant(size)))
        },
      })
    },
  })
})

/**
 * `(dy, line, lines, images, ...windowValues)`: dx = the sum of dy / size of the windows that a number lies in; `images`
 * is dx. Lines are to come in order, from an image's first to its last. Where windows `tile` their images, each number is
 * written once.
 */
export const averagePoolBackward = once((precision: Precision, size: number, tile: boolean): Kernel => {
  const { vector, single } = lanesOf[precision]
  return defineKernel({
    name: 'averagePoolBackward',
    parameters: ['dy', ...poolParameters],
    locals: { ...poolLocals, wide: vector.type, narrow: single.type },
    body(v) {
      eachWindow(v, precision, [v.dy], {
        line() {
          if (!tile) zeroNewRows(v, precision)
        },
        body(lanes) {
          const share = lanes.width === 1 ? v.narrow : v.wide
          set(share, lanes.div(lanes.load(plus(get(v.dy), get(v.column))), lanes.constant(size)))
          eachTap(v, () => {
            lanes.store(get(v.tap), tile ? get(share) : lanes.add(lanes.load(get(v.tap)), get(share)))
          })
        },
      })
    },
  })
})
