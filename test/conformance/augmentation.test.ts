import { augmentImage, type ImageShape } from '@thalweg/datasets'
import { bind, createWorkspace, gatherImages, type Precision } from '@thalweg/kernels'
import { describe, expect, it } from 'vitest'

const shapes: readonly ImageShape[] = [
  [1, 1, 1],
  [5, 4, 3],
  [7, 9, 1],
  [12, 12, 2],
]

describe.each<Precision>(['f32', 'f64'])('images gathered, moved and mirrored, %s', (precision) => {
  it.each(shapes)('%d x %d x %d: the textbook form', (...shape) => {
    const [rows, columns, channels] = shape
    const features = rows * columns * channels
    const samples = 4
    const workspace = createWorkspace({ bytes: 1 << 20 })
    const { gather } = bind(workspace, { gather: gatherImages(precision) })
    const images = workspace[precision](samples * features)
    images.set(Array.from(images, (_, index) => Math.fround(Math.sin(index + 1))))
    const moves = [-columns, -2, -1, 0, 1, 3].flatMap((columnShift) =>
      [-1, 0, 2].flatMap((rowShift) => [
        { flip: 0, rowShift, columnShift } as const,
        { flip: 1, rowShift, columnShift } as const,
      ]),
    )
    const drawn = workspace.i32(3 * moves.length)
    drawn.set(moves.flatMap(({ flip, rowShift, columnShift }) => [flip, rowShift, columnShift]))
    const indices = workspace.i32(moves.length)
    indices.set(moves.map((_, row) => (row * 3 + 1) % samples))
    const target = workspace[precision](moves.length * features + 1).fill(7)
    const addresses = [indices, drawn, images, target].map(({ byteOffset }) => byteOffset)
    gather(moves.length, rows, columns, channels, ...addresses)
    for (const [row, move] of moves.entries()) {
      const from = indices[row] * features
      const expected = augmentImage(images.slice(from, from + features), shape, move)
      expect(Array.from(target.subarray(row * features, (row + 1) * features))).toEqual(Array.from(expected))
    }
    expect(target[moves.length * features]).toBe(7)
  })
})
