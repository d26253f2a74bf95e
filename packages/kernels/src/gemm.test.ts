import { sequence } from '@thalweg/testing'
import { describe, expect, it } from 'vitest'
import { type GemmSizes, gemmCall, gemmScratchLength } from './gemm.ts'
import { directGemm, directScratchLength } from './gemm-direct.ts'
import { dotGemm } from './gemm-dot.ts'
import { packedGemm, packedScratchLength } from './gemm-packed.ts'
import type { GemmShape, Transposition } from './gemm-shape.ts'
import { bind, type Kernel } from './kernel.ts'
import type { Precision } from './lanes.ts'
import { createWorkspace } from './workspace.ts'

const precisions: readonly Precision[] = ['f32', 'f64']
const transpositions: readonly Transposition[] = ['NN', 'NT', 'TN']
/** Half the distance from 1 to the next number. */
const unit = { f32: 2 ** -24, f64: 2 ** -53 }
const arrayOf = { f32: Float32Array, f64: Float64Array }
const workspace = createWorkspace({ bytes: 1 << 25 })
const { buffer } = workspace.memory

type Multiply = (shape: GemmShape) => {
  readonly kernel: Kernel
  readonly turned: boolean
  readonly scratchLength: number
}

/** What plans call. */
const called: Multiply = ({ precision, relaxed, ...shape }) => {
  const { kernel, values } = gemmCall(precision, { ...shape, a: 1, b: 2, c: 3, scratch: 4 }, { relaxed })
  return { kernel, turned: values[0] === 2, scratchLength: gemmScratchLength(precision, shape) }
}

/** Each kernel by itself, where it serves. */
const direct: Multiply = (shape) => ({
  kernel: directGemm(shape),
  turned: false,
  scratchLength: directScratchLength(shape.precision, shape.k),
})
const dot: Multiply = (shape) => ({ kernel: dotGemm(shape), turned: false, scratchLength: 0 })
const packed: Multiply = (shape) => ({
  kernel: packedGemm(shape),
  turned: false,
  scratchLength: packedScratchLength(shape.precision, shape.n, shape.k),
})

/** Element (i, p) of A and (p, j) of B. */
const indexOfA = ({ transposition, m, k }: GemmShape, i: number, p: number): number =>
  transposition === 'TN' ? p * m + i : i * k + p
const indexOfB = ({ transposition, n, k }: GemmShape, p: number, j: number): number =>
  transposition === 'NT' ? j * k + p : p * n + j

/**
 * Multiplies arrays at odd addresses. What lies around A and B is NaN, around C and scratch 7; C is NaN before a product
 * that must not read it.
 */
function multiply(
  make: Multiply,
  shape: GemmShape,
  fill: (a: Float64Array, b: Float64Array) => void = () => {},
) {
  const { precision, m, n, k, beta } = shape
  const { kernel, turned, scratchLength } = make(shape)
  const pad = 5
  let next = 1024
  const place = (length: number, around: number) => {
    const whole = new arrayOf[precision](buffer, next, length + 2 * pad).fill(around)
    next += Math.ceil(whole.byteLength / 64) * 64
    const values = whole.subarray(pad, pad + length)
    const isIntact = () =>
      [...whole.subarray(0, pad), ...whole.subarray(pad + length)].every((each) => Object.is(each, around))
    return { values, isIntact }
  }
  const [a, b] = [place(m * k, Number.NaN), place(k * n, Number.NaN)]
  const [c, scratch] = [place(m * n, 7), place(scratchLength, 7)]
  const [valuesOfA, valuesOfB] = [sequence(m * k, 1 + m), sequence(k * n, 2 + n)]
  fill(valuesOfA, valuesOfB)
  a.values.set(valuesOfA)
  b.values.set(valuesOfB)
  c.values.set(beta === 0 ? new Float64Array(m * n).fill(Number.NaN) : sequence(m * n, 3 + k))
  const before = c.values.slice()
  const inputs = [a.values.slice(), b.values.slice()]
  const { run } = bind(workspace, { run: kernel })
  const [first, second] = turned ? [b, a] : [a, b]
  run(...[first, second, c, scratch].map(({ values }) => values.byteOffset))
  expect([a, b, c, scratch].map(({ isIntact }) => isIntact())).toEqual([true, true, true, true])
  expect([a.values, b.values]).toEqual(inputs)
  return { a: inputs[0], b: inputs[1], c: c.values.slice(), before }
}

/** Beside the textbook's three loops in f64. */
function checkProduct(make: Multiply, shape: GemmShape): void {
  const { precision, m, n, k, beta } = shape
  const { a, b, c, before } = multiply(make, shape)
  let worst = 0
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      let sum = beta === 0 ? 0 : before[i * n + j]
      let size = Math.abs(sum)
      for (let p = 0; p < k; p++) {
        const product = a[indexOfA(shape, i, p)] * b[indexOfB(shape, p, j)]
        sum += product
        size += Math.abs(product)
      }
      // The classical bound of a sum of k products; NaN is above any.
      const error = Math.abs(c[i * n + j] - sum) / ((k + 2) * unit[precision] * size)
      worst = Math.max(worst, error)
    }
  }
  expect([JSON.stringify(shape), worst <= 1]).toEqual([JSON.stringify(shape), true])
}

/**
 * Bit for bit: an element's products go to `lanes` sums in turns, each with a rounding after every operation, and the
 * sums are added in order.
 */
function checkBits(make: Multiply, shape: GemmShape, lanes: number): void {
  const { precision, m, n, k, beta } = shape
  const { a, b, c, before } = multiply(make, shape)
  const round = precision === 'f32' ? Math.fround : (value: number) => value
  const expected = Array.from({ length: m * n }, (_, index) => {
    const [i, j] = [Math.floor(index / n), index % n]
    const sums = Array<number>(lanes).fill(0)
    for (let p = 0; p < k; p++) {
      const product = round(a[indexOfA(shape, i, p)] * b[indexOfB(shape, p, j)])
      sums[p % lanes] = round(sums[p % lanes] + product)
    }
    const sum = sums.reduce((total, each) => round(total + each))
    return beta === 0 ? sum : round(before[index] + sum)
  })
  expect([JSON.stringify(shape), ...c]).toEqual([JSON.stringify(shape), ...expected])
}

/** Shapes drawn by a fixed sequence: sizes of 1 to 40, now and then a larger k. */
function* drawnShapes(count: number, seed: number): Generator<GemmShape> {
  const drawn = sequence(8 * count, seed).map((value) => (value + 1) / 2)
  for (let at = 0; at < drawn.length; at += 8) {
    const [p, t, m, n, k, longer, beta, relaxed] = drawn.subarray(at, at + 8)
    yield {
      precision: precisions[Math.floor(p * 2)],
      transposition: transpositions[Math.floor(t * 3)],
      m: 1 + Math.floor(m * 40),
      n: 1 + Math.floor(n * 40),
      k: 1 + Math.floor(k * 40) + (longer < 0.1 ? 500 : 0),
      beta: beta < 0.5 ? 0 : 1,
      relaxed: relaxed < 0.5,
    }
  }
}

const width = ({ precision }: GemmShape): number => (precision === 'f32' ? 4 : 2)

/** Whether `gemmCall` takes inner products. */
const isDot = ({ transposition, m, n, ...shape }: GemmShape): boolean =>
  n === 1
    ? transposition !== 'TN'
    : transposition === 'NT' && (m <= 3 || n < width({ transposition, m, n, ...shape }))

const kernels: readonly (readonly [name: string, make: Multiply, serves: (shape: GemmShape) => boolean])[] = [
  ['direct', direct, ({ transposition, m, n }) => transposition !== 'NT' || (m > 3 && n >= 4)],
  ['dot', dot, ({ transposition }) => transposition === 'NT'],
  ['packed', packed, ({ n }) => n >= 4],
]

describe.each([['whichever is fastest', called, () => true] as const, ...kernels])(
  '%s',
  (_, make, serves) => {
    it('drawn shapes: the textbook, within (k + 2) ulp of the sum of sizes', () => {
      for (const shape of drawnShapes(240, 11)) if (serves(shape)) checkProduct(make, shape)
    })

    it('every small shape: the textbook', () => {
      const sizes = [1, 2, 3, 4, 5, 6, 7, 9]
      const cases = sizes.flatMap((m) =>
        sizes.flatMap((n) => transpositions.map((each) => [m, n, each] as const)),
      )
      for (const [index, [m, n, transposition]] of cases.entries()) {
        const shape: GemmShape = {
          precision: precisions[index % 2],
          transposition,
          m,
          n,
          k: sizes[(m * n) % 8],
          beta: index % 4 < 2 ? 0 : 1,
          relaxed: index % 5 === 0,
        }
        if (serves(shape)) checkProduct(make, shape)
      }
    })

    it('plain: summed in the order that the shape gives, bit for bit', () => {
      for (const shape of drawnShapes(60, 12)) {
        const plain = { ...shape, k: Math.min(shape.k, 40), relaxed: false }
        if (serves(plain))
          checkBits(make, plain, make === dot || (make === called && isDot(plain)) ? width(plain) : 1)
      }
    })

    it('carries NaN and infinity to the rows and columns that they belong to, and nowhere else', () => {
      for (const shape of drawnShapes(40, 13)) {
        if (!serves(shape)) continue
        const { m, n, k } = shape
        const [i, j, p, r] = [m - 1, n >> 1, k >> 1, k - 1]
        const { c } = multiply(make, shape, (a, b) => {
          // Infinity times 0 is NaN, so no product may be skipped.
          b.fill(0)
          a[indexOfA(shape, i, p)] = Infinity
          b[indexOfB(shape, r, j)] = Number.NaN
        })
        const expected = Array.from({ length: m * n }, (_, at) => Math.floor(at / n) === i || at % n === j)
        expect([JSON.stringify(shape), ...Array.from(c, Number.isNaN)]).toEqual([
          JSON.stringify(shape),
          ...expected,
        ])
      }
    })

    it('reads and writes nothing beyond the end of memory', () => {
      for (const shape of drawnShapes(30, 14)) {
        if (!serves(shape)) continue
        const { precision, m, n, k } = shape
        const { kernel, turned, scratchLength } = make(shape)
        const { run } = bind(workspace, { run: kernel })
        const lengths = turned ? [k * n, m * k, m * n, scratchLength] : [m * k, k * n, m * n, scratchLength]
        for (const last of lengths.keys()) {
          let next = 1024
          const addresses = lengths.map((length, index) => {
            const bytes = length * arrayOf[precision].BYTES_PER_ELEMENT
            if (index === last) return buffer.byteLength - bytes
            next += bytes
            return next - bytes
          })
          expect(() => run(...addresses)).not.toThrow()
        }
      }
    })
  },
)

describe('large products', () => {
  it.each([
    ['NN', 70, 100, 300],
    ['TN', 61, 67, 530],
    ['NT', 70, 50, 1030],
    ['NN', 23, 1100, 9],
    ['NN', 40, 1045, 60],
    ['TN', 38, 543, 70],
    ['NT', 9, 523, 260],
    ['NN', 16, 517, 40],
    ['NT', 20, 8, 2000],
    ['NN', 14, 23, 4097],
    ['TN', 100, 1, 300],
    ['NN', 300, 1, 257],
  ] as const)('%s %d x %d over %d, across blocks', (transposition, m, n, k) => {
    for (const precision of precisions) {
      for (const beta of [0, 1] as const) {
        for (const relaxed of [false, true]) {
          checkProduct(called, { precision, transposition, m, n, k, beta, relaxed })
          if (n > 1) checkProduct(packed, { precision, transposition, m, n, k, beta, relaxed })
        }
      }
    }
  })

  it('blocks of k: a last block shorter than a round', () => {
    for (const transposition of transpositions) {
      checkProduct(packed, {
        precision: 'f32',
        transposition,
        m: 5,
        n: 8,
        k: 16_129,
        beta: 0,
        relaxed: false,
      })
    }
  })
})

describe('gemmCall', () => {
  const addresses = { a: 64, b: 128, c: 192, scratch: 256 }

  it.each([
    [{ m: 0 }, 'gemm: m must be a whole number in [1, ∞), got 0'],
    [{ n: -1 }, 'gemm: n must be a whole number in [1, ∞), got -1'],
    [{ k: 1.5 }, 'gemm: k must be a whole number in [1, ∞), got 1.5'],
  ])('refuses %j', (sizes, message) => {
    const product = { transposition: 'NN', m: 2, n: 2, k: 2, beta: 0, ...addresses, ...sizes } as const
    expect(() => gemmCall('f32', product)).toThrow(new RangeError(message))
    expect(() => gemmScratchLength('f32', product)).toThrow(new RangeError(message))
  })

  it('gives products of one shape the same kernel, and those of others another', () => {
    const product = { transposition: 'NN', m: 3, n: 4, k: 5, beta: 0, ...addresses } as const
    const { kernel } = gemmCall('f32', product)
    expect(gemmCall('f32', { ...product, c: 640 }, { relaxed: false }).kernel).toBe(kernel)
    expect(kernel.name).toBe('gemm NN 3x4x5')
    const others = [
      gemmCall('f64', product),
      gemmCall('f32', product, { relaxed: true }),
      gemmCall('f32', { ...product, beta: 1 }),
      gemmCall('f32', { ...product, k: 6 }),
    ]
    for (const other of others) expect(other.kernel).not.toBe(kernel)
  })
})

describe('the kernels kept', () => {
  it('are those used last', () => {
    const kernelOf = (k: number) =>
      gemmCall('f32', { transposition: 'TN', m: 3, n: 4, k, a: 0, b: 0, c: 0, beta: 1, scratch: 0 }).kernel
    const [first, second] = [kernelOf(1), kernelOf(2)]
    for (let k = 3; k <= 128; k++) kernelOf(k)
    expect(kernelOf(1)).toBe(first)
    kernelOf(129)
    expect(kernelOf(1)).toBe(first)
    expect(kernelOf(2)).not.toBe(second)
  })
})

describe('gemmScratchLength', () => {
  it.each(precisions)('%s: grows with every size, and what is left out has no limit', (precision) => {
    const length = (...sizes: GemmSizes[]) => gemmScratchLength(precision, ...sizes)
    const sizes = [1, 2, 7, 8, 9, 100, 255, 257, 513, 600, 3000]
    for (const [index, n] of sizes.entries()) {
      const lengths = sizes.map((k) => length({ n, k }))
      expect(lengths).toEqual(lengths.toSorted((x, y) => x - y))
      const below = sizes[Math.max(0, index - 1)]
      for (const k of sizes) expect(length({ n, k })).toBeGreaterThanOrEqual(length({ n: below, k }))
      expect(length({ n })).toBe(length({ n, k: 1e6 }))
      expect(length({ m: 1e6, n, k: 40 })).toBe(length({ n, k: 40 }))
    }
    expect(length({ n: 8, k: 3 }, { n: 600, k: 300 }, { n: 1 })).toBe(
      Math.max(length({ n: 600, k: 300 }), length({ n: 1 })),
    )
    expect(length()).toBe(0)
  })
})
