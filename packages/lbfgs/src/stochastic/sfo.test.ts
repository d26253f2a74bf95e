import { expect, test } from 'vitest'
import { logisticSum, normals, uniforms } from './logistic-sum.suite.ts'
import { minimizeSum, type SumObjective } from './minimize-sum.ts'
import { createSfo, restoreSfo, type Sfo } from './sfo.ts'
import type { SfoOptions } from './sfo-options.ts'

/** f_i(x) = (x - c_i)' D_i (x - c_i) / 2 + q |x - c_i|^4 / 4 with random centres and diagonals. */
function quadratics(count: number, dimension: number, q = 0, seed = 1) {
  const normal = normals(uniforms(seed))
  const centres = Array.from({ length: count }, () => Float64Array.from({ length: dimension }, normal))
  const diagonals = centres.map((centre) => centre.map(() => 0.1 + normal() ** 2))
  const objective: SumObjective = (i, x, gradient) => {
    let [sum, squares] = [0, 0]
    for (let k = 0; k < dimension; k++) squares += (x[k] - centres[i][k]) ** 2
    for (let k = 0; k < dimension; k++) {
      const d = x[k] - centres[i][k]
      gradient[k] = diagonals[i][k] * d + q * squares * d
      sum += (diagonals[i][k] * d * d) / 2
    }
    return sum + (q * squares * squares) / 4
  }
  /** Where q = 0. */
  const minimum = Float64Array.from({ length: dimension }, (_, k) => {
    let [weighted, weights] = [0, 0]
    for (let i = 0; i < count; i++) {
      weighted += diagonals[i][k] * centres[i][k]
      weights += diagonals[i][k]
    }
    return weighted / weights
  })
  return { objective, minimum }
}

/** Makes `evaluations` of them, returns the points asked for. */
function run(
  solver: Sfo,
  objective: SumObjective,
  evaluations: number,
): { index: number; x: Float64Array }[] {
  const gradient = new Float64Array(solver.x.length)
  const trace: { index: number; x: Float64Array }[] = []
  while (trace.length < evaluations && solver.status === 'running') {
    const { index, x } = solver.ask()
    trace.push({ index, x: x.slice() })
    solver.tell(objective(index, x, gradient), gradient)
  }
  return trace
}

test.each([1, 2, 3, 4, 5])(
  'logistic regression, seed %i: within 2e-4 of the minimum after 5 passes, 1e-7 after 10, with nothing tuned',
  (seed) => {
    const { objective, total, minimum, dimension, count } = logisticSum(seed)
    const best = minimum()
    const solver = createSfo(new Float64Array(dimension), count, { seed })
    run(solver, objective, 5 * count)
    expect(total(solver.x) - best).toBeLessThan(2e-4)
    run(solver, objective, 5 * count)
    expect(total(solver.x) - best).toBeLessThan(1e-7)
  },
)

test('an autoencoder of 230 parameters in a subspace of fewer: 20 is the loss of the mean', () => {
  const [visible, hidden, rows, count] = [20, 10, 2000, 25]
  const normal = normals(uniforms(4))
  const data = Float64Array.from({ length: rows * visible }, normal)
  const dimension = hidden * visible + hidden + visible
  const [h, e] = [new Float64Array(hidden), new Float64Array(visible)]
  /** Mean squared error of W'h + c, h = sigmoid(W v + b), as in the published example. */
  const objective: SumObjective = (index, x, gradient) => {
    gradient.fill(0)
    const [b, c, share] = [hidden * visible, hidden * visible + hidden, count / rows]
    let sum = 0
    for (let row = index; row < rows; row += count) {
      const v = data.subarray(row * visible, (row + 1) * visible)
      for (let j = 0; j < hidden; j++) {
        let z = x[b + j]
        for (let k = 0; k < visible; k++) z += x[j * visible + k] * v[k]
        h[j] = 1 / (1 + Math.exp(-z))
      }
      for (let k = 0; k < visible; k++) {
        let z = x[c + k] - v[k]
        for (let j = 0; j < hidden; j++) z += x[j * visible + k] * h[j]
        e[k] = 2 * share * z
        sum += share * z * z
        gradient[c + k] += e[k]
      }
      for (let j = 0; j < hidden; j++) {
        let slope = 0
        for (let k = 0; k < visible; k++) slope += x[j * visible + k] * e[k]
        slope *= h[j] * (1 - h[j])
        gradient[b + j] += slope
        for (let k = 0; k < visible; k++) gradient[j * visible + k] += h[j] * e[k] + slope * v[k]
      }
    }
    return sum
  }
  const x0 = Float64Array.from({ length: dimension }, normal)
  const mean = (x: Float64Array): number => {
    let sum = 0
    for (let i = 0; i < count; i++) sum += objective(i, x, new Float64Array(dimension)) / count
    return sum
  }
  const solver = createSfo(x0, count)
  run(solver, objective, 5 * count)
  expect(mean(solver.x)).toBeLessThan(19.5)
  run(solver, objective, 15 * count)
  expect(mean(solver.x)).toBeLessThan(18.8)
})

const variants: readonly SfoOptions[] = [
  {},
  { order: 'cyclic' },
  { order: 'random', seed: 3 },
  { start: 'all' },
  { update: 'rank-1' },
  { memory: 1 },
  { memory: 3, start: 'all', order: 'cyclic' },
]

test.each(variants)('the sum of quadratics is minimised with %j', (options) => {
  const { objective, minimum } = quadratics(6, 8)
  const tolerance = 1e-8
  const result = minimizeSum(objective, new Float64Array(8), {
    ...options,
    count: 6,
    tolerance,
    maxPasses: 400,
  })
  expect(result.status).toBe('converged')
  result.x.forEach((each, k) => {
    expect(each).toBeCloseTo(minimum[k], 7)
  })
})

test('more coordinates than directions: the subspace collapses, and the minimum is found', () => {
  const { objective, minimum } = quadratics(4, 120)
  const result = minimizeSum(objective, new Float64Array(120), { count: 4, tolerance: 1e-7, maxPasses: 1000 })
  expect(result.status).toBe('converged')
  expect(result.state.basis.length).toBeLessThanOrEqual(96)
  result.x.forEach((each, k) => {
    expect(each).toBeCloseTo(minimum[k], 5)
  })
})

test.each([1, 2, 40])('one sub-function is a quasi-Newton method, in %i dimensions', (dimension) => {
  const { objective, minimum } = quadratics(1, dimension)
  const options = { count: 1, tolerance: 1e-9, maxPasses: 500 }
  const result = minimizeSum(objective, new Float64Array(dimension).fill(3), options)
  expect(result.status).toBe('converged')
  result.x.forEach((each, k) => {
    expect(each).toBeCloseTo(minimum[k], 7)
  })
})

/** A sum with a domain: f_0 has a barrier at x_0 = 1, next to the minimum of the others. */
function barrier(outside: number): SumObjective {
  const { objective } = quadratics(5, 4, 0.1, 7)
  return (i, x, gradient) => {
    const value = objective(i, x, gradient)
    if (i !== 0) {
      gradient[0] -= 20
      return value - 20 * x[0]
    }
    if (!(x[0] < 1)) {
      gradient.fill(outside)
      return outside
    }
    gradient[0] += 0.1 / (1 - x[0])
    return value - 0.1 * Math.log(1 - x[0])
  }
}

test.each([Number.NaN, Infinity, -Infinity])('trials where a sub-function is %d are survived', (outside) => {
  let rejected = 0
  const inner = barrier(outside)
  const objective: SumObjective = (i, x, gradient) => {
    const value = inner(i, x, gradient)
    if (!Number.isFinite(value)) rejected++
    return value
  }
  for (const seed of [1, 2, 3, 4]) {
    const x0 = Float64Array.of(-2, 0, 0, 0)
    const result = minimizeSum(objective, x0, { count: 5, seed, tolerance: 1e-6, maxPasses: 400 })
    expect(result.status).toBe('converged')
    expect(result.x[0]).toBeLessThan(1)
  }
  expect(rejected).toBeGreaterThan(0)
})

test.each([0, 2])('a gradient with a NaN counts like a value: only component %i', (component) => {
  const { objective, minimum } = quadratics(3, 4)
  let calls = 0
  const spoiled: SumObjective = (i, x, gradient) => {
    const value = objective(i, x, gradient)
    if (++calls % 9 === 0) gradient[component] = Number.NaN
    return value
  }
  const result = minimizeSum(spoiled, new Float64Array(4), { count: 3, tolerance: 1e-8, maxPasses: 400 })
  expect(result.status).toBe('converged')
  expect(result.x[component]).toBeCloseTo(minimum[component], 7)
})

test('not finite at the start: said after the first evaluation that shows it', () => {
  const solver = createSfo(Float64Array.of(0, 1), 3)
  expect(solver.tell(Number.NaN, new Float64Array(2))).toBe('non-finite-start')
  expect(solver.evaluations).toBe(1)
  expect(() => solver.tell(1, new Float64Array(2))).toThrow("sfo: tell needs the status 'running'")
  const { objective } = quadratics(3, 2)
  const broken: SumObjective = (i, x, gradient) => (i === 1 ? Number.NaN : objective(i, x, gradient))
  expect(minimizeSum(broken, new Float64Array(2), { count: 3 }).status).toBe('non-finite-start')
})

test('a wrong gradient ends in step-failed, at a finite point', () => {
  const objective: SumObjective = (_, x, gradient) => {
    gradient[0] = -2 * x[0]
    return x[0] * x[0]
  }
  const result = minimizeSum(objective, Float64Array.of(1), { count: 3 })
  expect(result.status).toBe('step-failed')
  expect(Number.isFinite(result.x[0])).toBe(true)
})

test.each([
  ['in the whole space', quadratics(4, 6, 0.2).objective, 6],
  ['in a subspace that collapses', quadratics(4, 110, 0.05).objective, 110],
  ['with trials that are not finite', barrier(Number.NaN), 4],
])('saved to JSON and restored at any evaluation it goes on bit for bit, %s', (_, objective, dimension) => {
  const count = dimension === 4 ? 5 : 4
  const x0 = new Float64Array(dimension).fill(-2)
  const options = { tolerance: 1e-4, seed: 5, memory: 3 }
  const whole = run(createSfo(x0, count, options), objective, 130)
  let solver = createSfo(x0, count, options)
  const pieces: ReturnType<typeof run> = []
  const phases = new Set<string>()
  for (let evaluation = 0; evaluation < whole.length; evaluation++) {
    const saved = solver.save()
    phases.add(saved.phase)
    solver = restoreSfo(JSON.parse(JSON.stringify(saved)))
    if (evaluation % 10 === 0) expect(solver.save()).toEqual(saved)
    pieces.push(...run(solver, objective, 1))
  }
  expect(pieces).toEqual(whole)
  expect(phases.size).toBeGreaterThan(1)
})

test('scaling all sub-functions by a power of two changes no point, to the bit', () => {
  const { objective } = quadratics(5, 110, 0.1)
  const x0 = new Float64Array(110).fill(1)
  const scaled =
    (scale: number): SumObjective =>
    (i, x, gradient) => {
      const value = objective(i, x, gradient) * scale
      for (let k = 0; k < 110; k++) gradient[k] *= scale
      return value
    }
  const expected = run(createSfo(x0, 5, { tolerance: 0 }), objective, 150)
  for (const scale of [2 ** 40, 2 ** -40]) {
    expect(run(createSfo(x0, 5, { tolerance: 0 }), scaled(scale), 150)).toEqual(expected)
  }
})

test('reordering the coordinates reorders the result, to 1e-7', () => {
  const { objective } = quadratics(5, 7, 0.1)
  const reversed: SumObjective = (i, x, gradient) => {
    const value = objective(i, x.slice().reverse(), gradient)
    gradient.reverse()
    return value
  }
  const x0 = Float64Array.from({ length: 7 }, (_, k) => k / 3)
  const expected = run(createSfo(x0, 5), objective, 40)
  run(createSfo(x0.slice().reverse(), 5), reversed, 40).forEach(({ index, x }, step) => {
    expect(index).toBe(expected[step].index)
    x.reverse().forEach((each, k) => {
      expect(each).toBeCloseTo(expected[step].x[k], 7)
    })
  })
})

test('naming the sub-functions otherwise leaves the minimum', () => {
  const { objective, minimum } = quadratics(6, 5)
  const options = { count: 6, order: 'cyclic', tolerance: 1e-9, maxPasses: 300 } as const
  for (const shift of [0, 1, 4]) {
    const result = minimizeSum((i, x, g) => objective((i + shift) % 6, x, g), new Float64Array(5), options)
    expect(result.status).toBe('converged')
    result.x.forEach((each, k) => {
      expect(each).toBeCloseTo(minimum[k], 8)
    })
  }
})

test('f and the gradient are estimates that say so, then those of the sum at x', () => {
  const { objective } = quadratics(4, 3)
  const solver = createSfo(new Float64Array(3), 4, { tolerance: 1e-8 })
  expect([solver.f, solver.gradientNorm, solver.active]).toEqual([Number.NaN, Infinity, 2])
  const gradient = new Float64Array(3)
  const first = objective(solver.ask().index, solver.ask().x, gradient)
  solver.tell(first, gradient)
  expect(solver.f).toBe(4 * first)
  run(solver, objective, 1000)
  expect([solver.status, solver.active]).toEqual(['converged', 4])
  let sum = 0
  const total = new Float64Array(3)
  for (let i = 0; i < 4; i++) {
    sum += objective(i, solver.x, gradient)
    for (let k = 0; k < 3; k++) total[k] += gradient[k]
  }
  expect(solver.f).toBe(sum)
  expect(Math.hypot(...total)).toBeLessThanOrEqual(1e-8)
})

test.each([
  [[new Float64Array(0), 3], 'x0.length must be a whole number in [1, ∞), got 0'],
  [[Float64Array.of(1, Number.NaN), 3], 'x0[1] must be finite, got NaN'],
  [[new Float64Array(2), 0], 'count must be a whole number in [1, ∞), got 0'],
  [[new Float64Array(2), 3, { memory: 1.5 }], 'memory must be a whole number in [1, ∞), got 1.5'],
  [[new Float64Array(2), 3, { seed: -1 }], 'seed must be a whole number in [0, 4294967296), got -1'],
  [[new Float64Array(2), 3, { tolerance: Number.NaN }], 'tolerance must be in [0, ∞), got NaN'],
  [
    [new Float64Array(2), 3, { order: 'nearest' }],
    'order must be one of farthest, cyclic, random, got nearest',
  ],
])('misuse %# is refused', (given, message) => {
  expect(() => createSfo(...(given as unknown as Parameters<typeof createSfo>))).toThrow(`sfo: ${message}`)
})

test('a gradient of another length, and a state that is none, are refused', () => {
  const solver = createSfo(new Float64Array(2), 3)
  expect(() => solver.tell(1, new Float64Array(3))).toThrow('sfo: gradient must have 2 numbers, got 3')
  const saved = solver.save()
  expect(() => restoreSfo({ ...saved, phase: 'sleep' } as never)).toThrow(TypeError)
  expect(() => restoreSfo({ ...saved, vectors: saved.vectors.slice(1) })).toThrow(
    'vectors must be 8 arrays, got 7',
  )
  expect(() => restoreSfo({ ...saved, scalars: saved.vectors[0] })).toThrow('scalars[0] must be')
  expect(() => restoreSfo({ ...saved, settings: { ...saved.settings, count: 0 } })).toThrow(TypeError)
})
