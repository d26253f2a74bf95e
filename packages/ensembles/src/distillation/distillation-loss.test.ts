import { finiteDifference, sequence } from '@thalweg/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type DistillationOptions, distillationLoss } from './distillation-loss.ts'

const sum = (values: Iterable<number>): number => [...values].reduce((total, value) => total + value, 0)

function softmax(z: readonly number[], temperature = 1): number[] {
  const powers = z.map((value) => Math.exp(value / temperature))
  return powers.map((power) => power / sum(powers))
}

const rowsOf = (table: Float64Array, classes: number): number[][] =>
  Array.from({ length: table.length / classes }, (_, row) =>
    Array.from(table.subarray(row * classes, (row + 1) * classes)),
  )

/** Cross-entropy of a row, and its divergence. */
const crossEntropy = (q: readonly number[], p: readonly number[]): number =>
  -sum(q.map((value, j) => value * Math.log(p[j])))

/** A student, two teachers and labels; logits within (-size, size). */
const problems = fc
  .record({
    rows: fc.integer({ min: 1, max: 5 }),
    classes: fc.integer({ min: 2, max: 6 }),
    seed: fc.nat(),
    size: fc.constantFrom(0.1, 1, 5),
    temperature: fc.double({ min: 0.5, max: 30, noNaN: true }),
    hardWeight: fc.double({ min: 0, max: 1, noNaN: true }),
    labelSmoothing: fc.double({ min: 0, max: 1, noNaN: true }),
    scaleBySquaredTemperature: fc.boolean(),
  })
  .map(({ rows, seed, size, ...options }) => {
    const table = (index: number) =>
      sequence(rows * options.classes, seed + index).map((value) => size * value)
    const labels = sequence(rows, seed + 3).map((value) => Math.floor(((value + 1) / 2) * options.classes))
    return { ...options, rows, labels, logits: table(0), teachers: [table(1), table(2)] as const }
  })

type Problem = typeof problems extends fc.Arbitrary<infer P> ? P : never

const options = ({ teachers, rows: _, ...rest }: Problem): DistillationOptions => ({
  ...rest,
  teacher: [{ logits: teachers[0], weight: 3 }, { logits: teachers[1] }],
})

/** The formula, row by row, in plain numbers. */
function textbook({ logits, teachers, labels, rows, classes, ...problem }: Problem): number {
  const { temperature: T, hardWeight, labelSmoothing, scaleBySquaredTemperature } = problem
  const tables = [logits, ...teachers].map((table) => rowsOf(table, classes))
  const losses = tables[0].map((z, row) => {
    const [first, second] = [1, 2].map((index) => softmax(tables[index][row], T))
    const soft = crossEntropy(
      first.map((value, j) => 0.75 * value + 0.25 * second[j]),
      softmax(z, T),
    )
    const label = z.map((_, j) => (1 - labelSmoothing) * Number(j === labels[row]) + labelSmoothing / classes)
    const scale = scaleBySquaredTemperature ? T * T : 1
    return hardWeight * crossEntropy(label, softmax(z)) + (1 - hardWeight) * scale * soft
  })
  return sum(losses) / rows
}

const norm = (vector: Float64Array): number => Math.hypot(...vector)

describe('the distillation loss', () => {
  it('is the textbook formula, a mean over rows', () => {
    fc.assert(
      fc.property(problems, (problem) => {
        const { loss } = distillationLoss(options(problem))
        const expected = textbook(problem)
        expect(Math.abs(loss - expected)).toBeLessThanOrEqual(1e-12 * Math.max(1, expected))
      }),
    )
  })

  it('has the gradient of finite differences to 1e-9', () => {
    fc.assert(
      fc.property(problems, (problem) => {
        // What rounding leaves of a difference grows with the loss; a loss near 1 is what the bound is for.
        const { loss, gradient } = distillationLoss(options(problem))
        const measured = finiteDifference(() => textbook(problem), problem.logits)
        for (const [index, value] of gradient.entries()) {
          expect(Math.abs(value - measured[index])).toBeLessThan(1e-9 * Math.max(1, loss))
        }
      }),
    )
  })

  it('has the closed gradients of zero-mean logits', () => {
    const logits = new Float64Array([1, 0, -1])
    const teacher = { logits: new Float64Array([3, -1, -2]) }
    const expected = [
      [1, [-0.31032, 0.22686, 0.08346]],
      [20, [-0.69698, 0.3572, 0.33978]],
      [1e6, [-0.66667, 0.33333, 0.33333]],
    ] as const
    for (const [temperature, values] of expected) {
      const { gradient } = distillationLoss({ logits, teacher, classes: 3, temperature, hardWeight: 0 })
      for (const [index, value] of values.entries())
        expect(Math.abs(gradient[index] - value)).toBeLessThan(5e-6)
    }
  })

  it('keeps the size of its gradient as T grows, and loses it by T^2 without the scale', () => {
    const logits = sequence(40, 1).map((value) => 3 * value)
    const teacher = { logits: sequence(40, 2).map((value) => 5 * value) }
    const given = { logits, teacher, classes: 10, hardWeight: 0 }
    const norms = [10, 20, 40, 80, 160].map((temperature) =>
      norm(distillationLoss({ ...given, temperature }).gradient),
    )
    for (const each of norms) expect(Math.abs(each / norms[4] - 1)).toBeLessThan(0.15)
    const plain = (temperature: number) =>
      norm(distillationLoss({ ...given, temperature, scaleBySquaredTemperature: false }).gradient)
    expect(plain(80) / plain(160)).toBeCloseTo(4, 1)
    for (const temperature of [0.5, 3, 20]) {
      const scaled = distillationLoss({ ...given, temperature })
      const unscaled = distillationLoss({ ...given, temperature, scaleBySquaredTemperature: false })
      expect(scaled.loss / unscaled.loss).toBeCloseTo(temperature ** 2, 10)
      for (const [index, value] of scaled.gradient.entries()) {
        expect(Math.abs(value - temperature ** 2 * unscaled.gradient[index])).toBeLessThan(1e-14)
      }
    }
  })

  it('has a divergence of at least 0, 0 where student and teacher agree and above where they do not', () => {
    fc.assert(
      fc.property(problems, ({ logits, teachers, classes, temperature }) => {
        const at = (teacher: Float64Array) =>
          distillationLoss({ logits, teacher: { logits: teacher }, classes, temperature, hardWeight: 0 })
        const other = at(teachers[0])
        const centred = rowsOf(
          logits.map((value, index) => value - teachers[0][index]),
          classes,
        )
        const apart = Math.max(...centred.map((row) => Math.max(...row) - Math.min(...row)))
        expect(other.divergence).toBeGreaterThanOrEqual(0)
        if (apart > 1e-3) expect(other.divergence).toBeGreaterThan(0)
        const textbookDivergence =
          sum(
            rowsOf(teachers[0], classes).map((v, row) => {
              const [q, p] = [
                softmax(v, temperature),
                softmax(rowsOf(logits, classes)[row], temperature),
              ] as const
              return crossEntropy(q, p) - crossEntropy(q, q)
            }),
          ) / centred.length
        expect(Math.abs(Number(other.divergence) - textbookDivergence)).toBeLessThan(1e-12)
        // The same to a constant in each row.
        const shifted = logits.map((value, index) => value + Math.floor(index / classes) + 1)
        for (const same of [logits, shifted]) {
          const equal = at(same)
          expect(equal.divergence).toBeGreaterThanOrEqual(0)
          expect(equal.divergence).toBeLessThan(1e-28)
          expect(Math.max(...equal.gradient.map(Math.abs))).toBeLessThan(1e-13)
        }
      }),
    )
  })

  it('does not see what is added to a row of logits, and its gradient sums to 0 over a row', () => {
    fc.assert(
      fc.property(problems, fc.integer({ min: -100, max: 100 }), (problem, shift) => {
        const { loss, gradient } = distillationLoss(options(problem))
        const moved = distillationLoss({
          ...options(problem),
          logits: problem.logits.map((value) => value + shift),
        })
        expect(Math.abs(moved.loss - loss)).toBeLessThan(1e-12 * Math.max(1, loss))
        for (const row of rowsOf(gradient, problem.classes)) {
          expect(Math.abs(sum(row))).toBeLessThan(1e-13)
        }
      }),
    )
  })

  it('is the cross-entropy with the labels at hard weight 1, and for teachers that are sure', () => {
    fc.assert(
      fc.property(problems, ({ logits, labels, classes, temperature, rows }) => {
        const p = rowsOf(logits, classes).map((z) => softmax(z))
        const expected = sum(p.map((row, index) => -Math.log(row[labels[index]]))) / rows
        const oneHot = new Float64Array(logits.length)
        for (const [row, label] of labels.entries()) oneHot[row * classes + label] = 1
        const hard = distillationLoss({ logits, labels, classes, temperature, hardWeight: 1 })
        const sure = distillationLoss({
          logits,
          teacher: { probabilities: oneHot },
          classes,
          temperature: 1,
          hardWeight: 0,
        })
        expect(hard.loss).toBe(hard.hard)
        for (const { loss, gradient } of [hard, sure]) {
          expect(Math.abs(loss - expected)).toBeLessThan(1e-13)
          for (const [index, value] of gradient.entries()) {
            expect(Math.abs(value - (p.flat()[index] - oneHot[index]) / rows)).toBeLessThan(1e-15)
          }
        }
        expect([sure.hard, hard.soft, hard.divergence]).toEqual([undefined, undefined, undefined])
      }),
    )
  })

  it('smooths labels by the closed form', () => {
    fc.assert(
      fc.property(problems, ({ logits, labels, classes, labelSmoothing, rows }) => {
        const given = { logits, labels, classes, temperature: 1, hardWeight: 1 }
        const smooth = distillationLoss({ ...given, labelSmoothing })
        const uniform = sum(
          rowsOf(logits, classes).map((z) => -sum(softmax(z).map((p) => Math.log(p))) / classes),
        )
        const expected =
          (1 - labelSmoothing) * distillationLoss(given).loss + (labelSmoothing * uniform) / rows
        expect(Math.abs(smooth.loss - expected)).toBeLessThan(1e-12)
        for (const [index, value] of smooth.gradient.entries()) {
          const isLabel = labels[Math.floor(index / classes)] === index % classes
          const shift = labelSmoothing * (Number(isLabel) - 1 / classes)
          expect(Math.abs(value - distillationLoss(given).gradient[index] - shift / rows)).toBeLessThan(1e-15)
        }
      }),
    )
  })

  it('permutes with rows and with classes', () => {
    fc.assert(
      fc.property(problems, (problem) => {
        const { classes, rows, labels, logits, teachers } = problem
        const { loss, gradient } = distillationLoss(options(problem))
        const turnedAround = distillationLoss(
          options({
            ...problem,
            // Both at once: the last number becomes the first.
            logits: logits.slice().reverse(),
            teachers: [teachers[0].slice().reverse(), teachers[1].slice().reverse()],
            labels: labels.map((_, row) => classes - 1 - labels[rows - 1 - row]),
          }),
        )
        expect(Math.abs(turnedAround.loss - loss)).toBeLessThan(1e-12 * Math.max(1, loss))
        for (const [index, value] of turnedAround.gradient.reverse().entries()) {
          expect(Math.abs(value - gradient[index])).toBeLessThan(1e-13)
        }
      }),
    )
  })

  it('bears logits far apart', () => {
    const result = distillationLoss({
      logits: new Float64Array([1000, 0, -1000]),
      teacher: { logits: new Float64Array([-1000, 0, 1000]) },
      labels: [2],
      classes: 3,
      temperature: 1,
      hardWeight: 0.5,
    })
    expect(result).toEqual({
      loss: 2000,
      gradient: new Float64Array([1, 0, -1]),
      hard: 2000,
      soft: 2000,
      divergence: 2000,
    })
  })

  it('reads f32, and gives f64', () => {
    const [logits, teacher] = [sequence(6, 1), sequence(6, 2)].map((table) => new Float32Array(table))
    const given = { classes: 3, temperature: 2, hardWeight: 0 }
    expect(distillationLoss({ logits, teacher: { logits: teacher }, ...given })).toEqual(
      distillationLoss({
        logits: Float64Array.from(logits),
        teacher: { logits: Float64Array.from(teacher) },
        ...given,
      }),
    )
  })

  it('refuses what does not fit, naming it', () => {
    const good = {
      logits: new Float64Array(4),
      teacher: { logits: new Float64Array(4) },
      labels: [0, 1],
      classes: 2,
      temperature: 2,
      hardWeight: 0.5,
    }
    const { teacher, labels, ...bare } = good
    const named = { name: 'big', logits: new Float64Array(2) }
    const refused: readonly [DistillationOptions, string][] = [
      [{ ...bare, labels }, 'distillationLoss: teacher must be given where hardWeight is below 1'],
      [{ ...bare, teacher }, 'distillationLoss: labels must be given where hardWeight is above 0'],
      [{ ...good, teacher: [] }, 'distillationLoss: teachers must be one or more, got none'],
      [{ ...good, temperature: 0 }, 'distillationLoss: temperature must be a number in (0, ∞), got 0'],
      [{ ...good, hardWeight: 1.5 }, 'distillationLoss: hardWeight must be in [0, 1], got 1.5'],
      [{ ...good, labelSmoothing: -1 }, 'distillationLoss: labelSmoothing must be in [0, 1], got -1'],
      [{ ...good, labels: [0, 2] }, 'distillationLoss: labels row 1 must be a whole number in [0, 2), got 2'],
      [{ ...good, labels: [0] }, 'distillationLoss: labels must be one for each of 2 rows, got 1'],
      [{ ...good, classes: 1 }, 'distillationLoss: classes must be a whole number in [2, ∞), got 1'],
      [
        { ...good, logits: new Float64Array([0, 1, Number.NaN, 0]) },
        'distillationLoss: logits row 1 class 0 must be finite, got NaN',
      ],
      [{ ...good, teacher: [teacher, named] }, "distillationLoss: teacher 'big' must have 2 rows, got 1"],
      [
        { ...good, teacher: [teacher, { probabilities: new Float64Array([1, 0, 0.5, 0.4]) }] },
        'distillationLoss: teacher 1 row 1 must sum to 1, got 0.9',
      ],
      [
        { ...good, teacher: { ...teacher, weight: -1 } },
        'distillationLoss: the weight of teacher 0 must be a number in [0, ∞), got -1',
      ],
      [{ ...good, teacher: {} as never }, 'distillationLoss: teacher 0 must have logits or probabilities'],
    ]
    for (const [wrong, message] of refused) expect(() => distillationLoss(wrong)).toThrow(message)
  })
})
