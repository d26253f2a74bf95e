import { sequence } from '@thalweg/testing'
import { describe, expect, it } from 'vitest'
import {
  activate,
  activateBackward,
  addBias,
  axpy,
  biasBackward,
  bind,
  createPlan,
  createWorkspace,
  dot,
  gatherRows,
  type Precision,
  scale,
  softmaxCrossEntropy,
  softmaxCrossEntropyBackward,
  type Workspace,
} from './index.ts'

const precisions: readonly Precision[] = ['f32', 'f64']
/** Half the distance from 1 to the next number. */
const unit = { f32: 2 ** -24, f64: 2 ** -53 }
const lengths = Array.from({ length: 68 }, (_, length) => length)

/** An array at an odd place, with guards on both sides that the kernel must leave alone. */
function guarded(workspace: Workspace, precision: Precision, length: number, seed: number) {
  const pad = 5
  const whole = workspace[precision](length + 2 * pad).fill(7)
  const values = whole.subarray(pad, pad + length)
  values.set(sequence(length, seed))
  return {
    values,
    check: () =>
      expect([...whole.subarray(0, pad), ...whole.subarray(pad + length)]).toEqual(Array(2 * pad).fill(7)),
  }
}

describe.each(precisions)('element-wise, %s', (precision) => {
  const workspace = createWorkspace({ bytes: 1 << 20 })
  const kernels = bind(workspace, {
    relu: activate(precision, { name: 'relu' }),
    reluBackward: activateBackward(precision, { name: 'relu' }),
    axpy: axpy(precision),
    scale: scale(precision),
  })
  const factor = workspace.f64(1)
  factor[0] = 0.3
  const rounded = precision === 'f32' ? Math.fround : (value: number) => value

  it.each(lengths)('length %d: the textbook loop, bit for bit', (length) => {
    const [x, y, dx] = [1, 2, 3].map((seed) => guarded(workspace, precision, length, seed))
    const [x0, y0] = [Array.from(x.values), Array.from(y.values)]
    kernels.axpy(length, factor.byteOffset, x.values.byteOffset, y.values.byteOffset)
    expect(Array.from(y.values)).toEqual(y0.map((value, i) => rounded(value + rounded(rounded(0.3) * x0[i]))))
    kernels.scale(length, factor.byteOffset, x.values.byteOffset)
    expect(Array.from(x.values)).toEqual(x0.map((value) => rounded(rounded(0.3) * value)))
    kernels.relu(length, 0, x.values.byteOffset, x.values.byteOffset)
    const activation = x0.map((value) => Math.max(rounded(rounded(0.3) * value), 0))
    expect(Array.from(x.values)).toEqual(activation)
    kernels.reluBackward(length, 0, x.values.byteOffset, y.values.byteOffset, dx.values.byteOffset)
    const dy = Array.from(y.values)
    expect(Array.from(dx.values)).toEqual(activation.map((value, i) => (value > 0 ? dy[i] : 0)))
    for (const array of [x, y, dx]) array.check()
  })

  it('relu keeps NaN and makes -0 and negative infinity 0', () => {
    const x = workspace[precision](5)
    x.set([Number.NaN, -0, -Infinity, Infinity, 2])
    kernels.relu(5, 0, x.byteOffset, x.byteOffset)
    expect(Array.from(x)).toEqual([Number.NaN, 0, 0, Infinity, 2])
  })
})

describe.each(precisions)('dot, %s', (precision) => {
  const workspace = createWorkspace({ bytes: 1 << 20 })
  const kernels = bind(workspace, { dot: dot(precision) })
  const result = workspace.f64(1)

  it.each(lengths)('length %d: eight sums in f64 that take turns, and the rest', (length) => {
    const [x, y] = [1, 2].map((seed) => guarded(workspace, precision, length, seed))
    kernels.dot(length, x.values.byteOffset, y.values.byteOffset, result.byteOffset)
    const [whole, sums] = [length - (length % 8), Array<number>(8).fill(0)]
    for (let i = 0; i < whole; i++) sums[i % 8] += x.values[i] * y.values[i]
    let rest = 0
    for (let i = whole; i < length; i++) rest += x.values[i] * y.values[i]
    const [even, odd] = [0, 1].map((i) => sums[i] + sums[i + 2] + (sums[i + 4] + sums[i + 6]))
    expect(result[0]).toBe(even + odd + rest)
  })
})

describe.each(precisions)('rows, %s', (precision) => {
  const workspace = createWorkspace({ bytes: 1 << 22 })
  const kernels = bind(workspace, {
    addBias: addBias(precision),
    biasBackward: biasBackward(precision),
    gatherRows,
  })
  const rounded = precision === 'f32' ? Math.fround : (value: number) => value

  it.each([
    [1, 1],
    [3, 2],
    [2, 4],
    [5, 7],
    [4, 8],
    [7, 13],
    [1, 67],
    [33, 3],
  ])('%d x %d', (rows, columns) => {
    const x = guarded(workspace, precision, rows * columns, 1)
    const bias = guarded(workspace, precision, columns, 2)
    const sums = guarded(workspace, precision, columns, 3)
    const before = Array.from(x.values)
    kernels.addBias(rows, columns, bias.values.byteOffset, x.values.byteOffset)
    expect(Array.from(x.values)).toEqual(before.map((value, i) => rounded(value + bias.values[i % columns])))
    kernels.biasBackward(rows, columns, 0, x.values.byteOffset, sums.values.byteOffset)
    const expected = Array.from({ length: columns }, (_, column) => {
      let sum = 0
      for (let row = 0; row < rows; row++) sum = rounded(sum + x.values[row * columns + column])
      return sum
    })
    expect(Array.from(sums.values)).toEqual(expected)

    const indices = workspace.i32(4)
    indices.set([rows - 1, 0, rows >> 1, 0])
    const target = guarded(workspace, precision, 4 * columns, 4)
    const rowBytes = columns * x.values.BYTES_PER_ELEMENT
    const [from, to] = [x.values.byteOffset, target.values.byteOffset]
    kernels.gatherRows(4, rowBytes, rowBytes, indices.byteOffset, from, to)
    const gathered = Array.from(indices).flatMap((row) => [
      ...x.values.subarray(row * columns, (row + 1) * columns),
    ])
    expect(Array.from(target.values)).toEqual(gathered)

    const rest = guarded(workspace, precision, 4 * (columns - 1), 5)
    const elementBytes = x.values.BYTES_PER_ELEMENT
    kernels.gatherRows(
      ...[4, rowBytes - elementBytes, rowBytes],
      ...[indices.byteOffset, from + elementBytes, rest.values.byteOffset],
    )
    expect(Array.from(rest.values)).toEqual(gathered.filter((_, index) => index % columns > 0))
    for (const array of [x, bias, sums, target, rest]) array.check()
  })
})

describe.each(precisions)('softmax cross-entropy, %s', (precision) => {
  const workspace = createWorkspace({ bytes: 1 << 20 })
  const kernels = bind(workspace, {
    forward: softmaxCrossEntropy(precision),
    backward: softmaxCrossEntropyBackward(precision),
  })
  const result = workspace.f64(2)

  function run(rows: number, columns: number, fill: (logits: Float32Array | Float64Array) => void) {
    const logits = guarded(workspace, precision, rows * columns, 1)
    const probabilities = guarded(workspace, precision, rows * columns, 2)
    const gradient = guarded(workspace, precision, rows * columns, 3)
    const labels = workspace.i32(rows)
    labels.set(Array.from({ length: rows }, (_, row) => (row * 7) % columns))
    fill(logits.values)
    const [z, p, g] = [logits, probabilities, gradient].map((array) => array.values.byteOffset)
    kernels.forward(rows, columns, z, labels.byteOffset, p, result.byteOffset)
    kernels.backward(rows, rows, columns, p, labels.byteOffset, g)
    for (const array of [logits, probabilities, gradient]) array.check()
    return { logits: logits.values, probabilities: probabilities.values, gradient: gradient.values, labels }
  }

  it.each([
    [1, 2],
    [3, 3],
    [5, 4],
    [2, 5],
    [4, 10],
    [3, 17],
    [2, 67],
  ])('%d x %d: the textbook formula, within 8 ulp', (rows, columns) => {
    const { logits, probabilities, gradient, labels } = run(rows, columns, (values) => {
      values.set(sequence(values.length, 9).map((value) => 20 * value))
    })
    let loss = 0
    let correct = 0
    for (let row = 0; row < rows; row++) {
      const z = Array.from(logits.subarray(row * columns, (row + 1) * columns))
      const largest = Math.max(...z)
      const sum = z.reduce((total, value) => total + Math.exp(value - largest), 0)
      loss += (Math.log(sum) - (z[labels[row]] - largest)) / rows
      correct += Number(z.indexOf(largest) === labels[row])
      for (let column = 0; column < columns; column++) {
        const p = Math.exp(z[column] - largest) / sum
        const index = row * columns + column
        // The difference z - m is rounded once, which e^x turns into a relative error of |z - m| units.
        const tolerance = (8 + Math.abs(z[column] - largest)) * unit[precision]
        expect(Math.abs(probabilities[index] - p)).toBeLessThanOrEqual(tolerance * p)
        const g = (p - Number(column === labels[row])) / rows
        expect(Math.abs(gradient[index] - g)).toBeLessThanOrEqual((tolerance * Math.max(p, 1)) / rows)
      }
    }
    expect(result[0]).toBeCloseTo(loss, precision === 'f32' ? 5 : 13)
    expect(result[1]).toBe(correct)
  })

  it('has the exponential within 1.25 ulp', () => {
    // Logits 0 and x in each row: the quotient of the probabilities is e^x, the division by their sum cancels.
    const rows = 5000
    const { logits, probabilities } = run(rows, 2, (values) => {
      values.set(Float64Array.from(values, (_, index) => (index % 2 === 0 ? 0 : -0.0161 * (index >> 1))))
    })
    let worst = 0
    for (let odd = 1; odd < 2 * rows; odd += 2) {
      const error = Math.abs(probabilities[odd] / probabilities[odd - 1] / Math.exp(logits[odd]) - 1)
      worst = Math.max(worst, error / (2 * unit[precision]))
    }
    expect(worst).toBeLessThan(1.25)
  })

  it('is exact where logits are far apart, and does not overflow', () => {
    const { probabilities } = run(1, 3, (values) => values.set([1000, -1000, 1000]))
    expect(Array.from(probabilities)).toEqual([0.5, expect.closeTo(0, 30), 0.5])
    expect(result[0]).toBeCloseTo(Math.LN2, 7)
    // Both logits 0 and 2 are largest; the first counts.
    expect(result[1]).toBe(1)
  })

  it.each([[[Number.NaN, 0, 0]], [[0, 0, Number.NaN]], [[Infinity, 0, 0]]])(
    'the loss of %j is NaN',
    (row) => {
      // The label is 0, the column that a search finds where no comparison holds.
      run(1, 3, (values) => values.set(row))
      expect([...result]).toEqual([Number.NaN, 0])
    },
  )
})

describe('workspace', () => {
  it('hands out zeroed arrays that start on cache lines, staggered by an odd number of them', () => {
    const workspace = createWorkspace({ bytes: 1 << 20 })
    const arrays = [workspace.f32(1024), workspace.f64(512), workspace.i32(1024)]
    const starts = arrays.map((array) => array.byteOffset / 64)
    expect(starts.every(Number.isInteger)).toBe(true)
    expect(starts.slice(1).map((start, i) => (start - starts[i]) % 2)).toEqual([1, 1])
    expect(arrays.every((array) => array.every((value) => value === 0))).toBe(true)
  })

  it('is refused when full, with the figures', () => {
    const workspace = createWorkspace({ bytes: 1 })
    expect(() => workspace.f64(10_000)).toThrow('workspace: 80000 bytes wanted, 65472 of 65536 free')
    expect(() => workspace.f32(-1)).toThrow('workspace: length must be a whole number in [0, ∞), got -1')
    expect(() => createWorkspace({ bytes: 0 })).toThrow(
      'workspace: bytes must be a whole number in [1, 4294901760], got 0',
    )
  })
})

describe('plan', () => {
  it('runs its calls in order, as often as asked', () => {
    const workspace = createWorkspace({ bytes: 1 << 16 })
    const [x, y] = [workspace.f64(3), workspace.f64(3)]
    const factor = workspace.f64(1)
    x.set([1, 2, 3])
    factor[0] = 2
    const plan = createPlan(workspace)
    plan.call(axpy('f64'), 3, factor.byteOffset, x.byteOffset, y.byteOffset)
    plan.call(scale('f64'), 3, factor.byteOffset, y.byteOffset)
    const run = plan.compile()
    run()
    expect([...y]).toEqual([4, 8, 12])
    factor[0] = 1
    run()
    expect([...y]).toEqual([5, 10, 15])
    expect(plan.calls.map((call) => call.kernel)).toEqual(['axpy', 'scale'])
  })

  it('refuses a call with another number of values', () => {
    const plan = createPlan(createWorkspace({ bytes: 1 }))
    expect(() => plan.call(scale('f32'), 1)).toThrow('scale takes 3 values, got 1')
  })
})
