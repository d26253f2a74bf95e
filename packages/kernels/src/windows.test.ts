import { guarded, sequence } from '@thalweg/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  averagePool,
  averagePoolBackward,
  bind,
  col2im,
  createWorkspace,
  im2col,
  maxPool,
  maxPoolBackward,
  type Precision,
  type Windows,
  windowValues,
} from './index.ts'

const workspaceBytes = 1 << 22
const precision = fc.constantFrom('f32' as const, 'f64' as const)
const rounded = { f32: Math.fround, f64: (value: number) => value }
const small = (min: number, max: number) => fc.integer({ min, max })

/** Windows over images, with padding that may exceed them, and how many images. */
const windowsOver = fc
  .record({
    images: small(1, 3),
    rows: small(1, 6),
    columns: small(1, 7),
    channels: fc.constantFrom(1, 2, 3, 4, 5, 8, 9),
    windowRows: small(1, 4),
    windowColumns: small(1, 4),
    strideRows: small(1, 4),
    strideColumns: small(1, 4),
    paddingTop: small(0, 4),
    paddingLeft: small(0, 4),
    outRows: small(1, 5),
    outColumns: small(1, 5),
  })
  .map(({ images, ...windows }) => ({ images, windows }))

/** Windows that lie in their images, wholly. */
const inner = windowsOver
  .map(({ images, windows }) => ({ images, windows: { ...windows, paddingTop: 0, paddingLeft: 0 } }))
  .filter(
    ({ windows: w }) =>
      (w.outRows - 1) * w.strideRows + w.windowRows <= w.rows &&
      (w.outColumns - 1) * w.strideColumns + w.windowColumns <= w.columns,
  )

/** The places of a window, row by row; undefined outside of the image. */
function placesIn(w: Windows, image: number, outRow: number, outColumn: number): (number | undefined)[] {
  return Array.from({ length: w.windowRows * w.windowColumns }, (_, index) => {
    const row = outRow * w.strideRows - w.paddingTop + Math.floor(index / w.windowColumns)
    const column = outColumn * w.strideColumns - w.paddingLeft + (index % w.windowColumns)
    const isInside = row >= 0 && row < w.rows && column >= 0 && column < w.columns
    return isInside ? (image * w.rows + row) * w.columns + column : undefined
  })
}

/** The places of all windows, in order. */
function allPlaces(w: Windows, images: number): (number | undefined)[][] {
  return Array.from({ length: images * w.outRows * w.outColumns }, (_, index) =>
    placesIn(
      w,
      Math.floor(index / (w.outRows * w.outColumns)),
      Math.floor(index / w.outColumns) % w.outRows,
      index % w.outColumns,
    ),
  )
}

/** The lines of all images in two parts, of which one may be empty. */
function partsOf(lines: number, share: number): { readonly line: number; readonly lines: number }[] {
  const first = Math.floor(lines * share)
  return [
    { line: 0, lines: first },
    { line: first, lines: lines - first },
  ]
}

const imageLength = (w: Windows, images: number): number => images * w.rows * w.columns * w.channels

describe('im2col and col2im', () => {
  const inParts = fc.record({ precision, of: windowsOver, share: fc.double({ min: 0, max: 1, noNaN: true }) })

  function setUp(precision: Precision, w: Windows, images: number) {
    const workspace = createWorkspace({ bytes: workspaceBytes })
    const kernels = bind(workspace, { im2col: im2col(precision), col2im: col2im(precision) })
    const patch = w.windowRows * w.windowColumns * w.channels
    const length = images * w.outRows * w.outColumns * patch
    const columnsAt = (line: number): number => line * w.outColumns * patch * (precision === 'f32' ? 4 : 8)
    return { workspace, kernels, length, columnsAt, values: windowValues(precision, w) }
  }

  it('im2col copies every window, 0 outside of the image, and writes nothing else', () => {
    fc.assert(
      fc.property(inParts, ({ precision, of: { images, windows: w }, share }) => {
        const { workspace, kernels, length, columnsAt, values } = setUp(precision, w, images)
        const x = guarded(workspace, precision, sequence(imageLength(w, images), 1))
        const columns = guarded(workspace, precision, sequence(length, 2))
        for (const { line, lines } of partsOf(images * w.outRows, share))
          kernels.im2col(line, lines, x.address, columns.address + columnsAt(line), ...values)
        const expected = allPlaces(w, images).flatMap((places) =>
          places.flatMap((place) =>
            Array.from({ length: w.channels }, (_, c) =>
              place === undefined ? 0 : x.values[place * w.channels + c],
            ),
          ),
        )
        expect(Array.from(columns.values)).toEqual(expected)
        expect(x.intact() && columns.intact()).toBe(true)
      }),
    )
  })

  it('col2im adds every window to where it came from, over what was there before', () => {
    fc.assert(
      fc.property(inParts, ({ precision, of: { images, windows: w }, share }) => {
        const { workspace, kernels, length, columnsAt, values } = setUp(precision, w, images)
        const columns = guarded(workspace, precision, sequence(length, 1))
        const x = guarded(workspace, precision, Array(imageLength(w, images)).fill(Number.NaN))
        for (const { line, lines } of partsOf(images * w.outRows, share))
          kernels.col2im(line, lines, x.address, columns.address + columnsAt(line), ...values)
        // The same order of additions: window rows of a line, then its windows.
        const expected = new Float64Array(x.values.length)
        const places = allPlaces(w, images)
        for (let line = 0; line < images * w.outRows; line++)
          for (let index = 0; index < w.windowRows * w.windowColumns; index++)
            for (let outColumn = 0; outColumn < w.outColumns; outColumn++) {
              const window = line * w.outColumns + outColumn
              const place = places[window][index]
              if (place === undefined) continue
              for (let c = 0; c < w.channels; c++) {
                const from = (window * w.windowRows * w.windowColumns + index) * w.channels + c
                expected[place * w.channels + c] += columns.values[from]
              }
            }
        const tolerance = precision === 'f32' ? 2e-6 : 4e-15
        expected.forEach((value, index) => {
          expect(Math.abs(x.values[index] - value)).toBeLessThanOrEqual(tolerance)
        })
        expect(x.intact() && columns.intact()).toBe(true)
      }),
    )
  })
})

describe('pools', () => {
  const cases = fc.record({ precision, of: inner })

  function setUp(precision: Precision, w: Windows, images: number) {
    const workspace = createWorkspace({ bytes: workspaceBytes })
    const size = w.windowRows * w.windowColumns
    const kernels = bind(workspace, {
      max: maxPool(precision, true),
      maxAlone: maxPool(precision, false),
      maxBackward: maxPoolBackward(precision, false),
      average: averagePool(precision, size),
      averageBackward: averagePoolBackward(precision, size, false),
    })
    const outputs = images * w.outRows * w.outColumns * w.channels
    const x = guarded(workspace, precision, sequence(imageLength(w, images), 1))
    const [y, places, dy] = [2, 3, 4].map((seed) => guarded(workspace, precision, sequence(outputs, seed)))
    const dx = guarded(workspace, precision, Array(x.values.length).fill(Number.NaN))
    const values = (address: number) => [0, images * w.outRows, address, ...windowValues(precision, w)]
    const intact = (): boolean => [x, y, places, dy, dx].every((array) => array.intact())
    return { kernels, size, x, y, places, dy, dx, values, intact, outputs }
  }

  /** Numbers of the window of every output. */
  function numbersOf(w: Windows, images: number, x: ArrayLike<number>): number[][] {
    return allPlaces(w, images).flatMap((places) =>
      Array.from({ length: w.channels }, (_, c) => places.map((place) => x[(place ?? 0) * w.channels + c])),
    )
  }

  /** The gradient of the input where output i hands `share(i, index)` to the place `index` of its window. */
  function scattered(
    w: Windows,
    images: number,
    { precision, share }: { precision: Precision; share: (output: number, index: number) => number },
  ): number[] {
    const dx = Array<number>(imageLength(w, images)).fill(0)
    for (const [window, places] of allPlaces(w, images).entries())
      for (const [index, place] of places.entries())
        for (let c = 0; c < w.channels; c++) {
          const at = (place ?? 0) * w.channels + c
          dx[at] = rounded[precision](dx[at] + share(window * w.channels + c, index))
        }
    return dx
  }

  it('maxPool finds the first largest number, and hands its gradient back to it, bit for bit', () => {
    fc.assert(
      fc.property(cases, ({ precision, of: { images, windows: w } }) => {
        const { kernels, x, y, places, dy, dx, values, intact } = setUp(precision, w, images)
        // Few different numbers, so that many are equal.
        x.values.forEach((value, index) => {
          x.values[index] = Math.round(2 * value)
        })
        kernels.maxAlone(y.address, 0, ...values(x.address))
        const alone = Array.from(y.values)
        kernels.max(y.address, places.address, ...values(x.address))
        const windows = numbersOf(w, images, x.values)
        const expected = windows.map((numbers) => numbers.indexOf(Math.max(...numbers)))
        expect(Array.from(places.values)).toEqual(expected)
        expect(Array.from(y.values)).toEqual(windows.map((numbers, i) => numbers[expected[i]]))
        expect(alone).toEqual(Array.from(y.values))
        kernels.maxBackward(places.address, dy.address, ...values(dx.address))
        const share = (output: number, index: number) => (expected[output] === index ? dy.values[output] : 0)
        expect(Array.from(dx.values)).toEqual(scattered(w, images, { precision, share }))
        expect(intact()).toBe(true)
      }),
    )
  })

  it('averagePool takes the mean and shares the gradient, bit for bit', () => {
    fc.assert(
      fc.property(cases, ({ precision, of: { images, windows: w } }) => {
        const { kernels, size, x, y, dy, dx, values, intact } = setUp(precision, w, images)
        const round = rounded[precision]
        kernels.average(y.address, ...values(x.address))
        const means = numbersOf(w, images, x.values).map((numbers) =>
          round(numbers.reduce((sum, value) => round(sum + value), 0) / size),
        )
        expect(Array.from(y.values)).toEqual(means)
        kernels.averageBackward(dy.address, ...values(dx.address))
        const share = (output: number) => round(dy.values[output] / size)
        expect(Array.from(dx.values)).toEqual(scattered(w, images, { precision, share }))
        expect(intact()).toBe(true)
      }),
    )
  })

  it('where windows tile their images, the gradients are the same', () => {
    for (const precision of ['f32', 'f64'] as const) {
      const w = { rows: 4, columns: 6, channels: 5, windowRows: 2, windowColumns: 3, strideRows: 2 }
      const windows = { ...w, strideColumns: 3, paddingTop: 0, paddingLeft: 0, outRows: 2, outColumns: 2 }
      const workspace = createWorkspace({ bytes: workspaceBytes })
      const kernels = bind(workspace, {
        max: maxPoolBackward(precision, false),
        maxTiled: maxPoolBackward(precision, true),
        average: averagePoolBackward(precision, 6, false),
        averageTiled: averagePoolBackward(precision, 6, true),
      })
      const places = workspace[precision](40).map((_, index) => (index * 7) % 6)
      const dy = guarded(workspace, precision, sequence(40, 1))
      const placesInside = guarded(workspace, precision, places)
      const run = (name: keyof typeof kernels): number[] => {
        const dx = guarded(workspace, precision, Array(240).fill(Number.NaN))
        const values = [0, 4, dx.address, ...windowValues(precision, windows)]
        kernels[name](...(name.startsWith('max') ? [placesInside.address] : []), dy.address, ...values)
        expect(dx.intact()).toBe(true)
        return Array.from(dx.values)
      }
      expect(run('maxTiled')).toEqual(run('max'))
      expect(run('averageTiled')).toEqual(run('average'))
    }
  })
})
