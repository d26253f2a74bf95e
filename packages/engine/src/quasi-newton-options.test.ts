import { expand, type OptimizerDocument } from '@thalweg/document'
import { createSolver } from '@thalweg/lbfgs'
import { createOnlineLbfgs, createSfo } from '@thalweg/lbfgs/stochastic'
import { describe, expect, it } from 'vitest'

/** An optimizer of a document with its defaults, without its name: the options of the solver. */
function optionsOf<N extends OptimizerDocument['name']>(name: N) {
  const expansion = expand({ name: 'x', run: { dataset: { name: 'moons' }, optimizer: { name } } })
  if (!expansion.ok) throw new Error(JSON.stringify(expansion.faults))
  const { name: _, ...options } = expansion.runs[0].document.optimizer as Extract<
    OptimizerDocument,
    { name: N }
  >
  return options
}

/** Rosenbrock's function. */
function rosenbrock([x, y]: Float32Array | Float64Array): { f: number; gradient: Float64Array<ArrayBuffer> } {
  const [a, b] = [1 - x, y - x * x]
  return { f: a * a + 100 * b * b, gradient: Float64Array.of(-2 * a - 400 * x * b, 200 * b) }
}

const start = [-1.2, 1]

describe('the defaults of a document are those of the package:', () => {
  it.each([
    ['f64', Float64Array, { gradient: 1e-6, f: 10 * 2 ** -52, x: 0 }],
    ['f32', Float32Array, { gradient: 1e-4, f: 10 * 2 ** -23, x: 0 }],
  ] as const)(
    'lbfgs in %s, those that only its description tells included',
    (_precision, Vector, tolerance) => {
      const lineSearch = 'more-thuente'
      const results = [{}, { ...optionsOf('lbfgs'), tolerance, lineSearch } as const].map((options) => {
        const solver = createSolver<Float32Array | Float64Array>(Vector.from(start), options)
        while (solver.status === 'running') {
          const { f, gradient } = rosenbrock(solver.ask())
          solver.tell(f, gradient)
        }
        return solver.save()
      })
      expect(results[0].numbers).toMatchObject({ scalars: { status: expect.stringMatching(/^converged/) } })
      expect(results[1]).toEqual(results[0])
    },
  )

  it.each([
    ['f64', Float64Array, 1e-10],
    ['f32', Float32Array, 1e-4],
  ] as const)('onlineLbfgs in %s; its rate follows the schedule of the run alone', (_p, Vector, epsilon) => {
    const documented = { ...optionsOf('onlineLbfgs'), epsilon }
    const states = [{}, documented].map((options) => {
      const solver = createOnlineLbfgs<Float32Array | Float64Array>(Vector.from(start), options)
      for (let evaluation = 0; evaluation < 40; evaluation++) {
        const { f, gradient } = rosenbrock(solver.ask().x)
        solver.tell(f, gradient)
      }
      return solver.save()
    })
    expect(states[1]).toEqual(states[0])
  })

  it('sfo', () => {
    const { settings } = createSfo(Float64Array.from(start), 2).save()
    expect({ ...optionsOf('sfo'), seed: 0, dimension: 2, count: 2 }).toEqual(settings)
  })
})
