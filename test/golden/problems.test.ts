import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { unconstrainedProblems } from '../../packages/testing/src/problems/index.ts'

interface Golden {
  readonly tool: string
  readonly version: string
  readonly cases: readonly {
    readonly name: string
    readonly start: readonly number[]
    /** Three points near the start. */
    readonly points: readonly (readonly number[])[]
    /** At the start, then at the points. */
    readonly f: readonly number[]
    readonly gradients: readonly (readonly number[])[]
  }[]
}

const golden: Golden = JSON.parse(readFileSync(new URL('problems.json', import.meta.url), 'utf8'))

// A component that cancels to little is held to the rounding of the gradient's largest.
describe(`test problems are those of ${golden.tool} ${golden.version} to 1e-10`, () => {
  it('has the same 42, in the same order', () => {
    expect(unconstrainedProblems.map(({ name }) => name)).toEqual(golden.cases.map(({ name }) => name))
    expect(new Set(unconstrainedProblems.map(({ name }) => name)).size).toBe(42)
  })

  it.each(golden.cases)('$name', ({ name, start, points, f, gradients }) => {
    const problem = unconstrainedProblems.find((candidate) => candidate.name === name)
    if (problem === undefined) throw new Error(`no problem ${name}`)
    expect(problem.start).toHaveLength(start.length)
    for (const [index, value] of start.entries()) expect(problem.start[index]).toBeCloseTo(value, 15)
    const gradient = new Float64Array(start.length)
    for (const [index, x] of [start, ...points].entries()) {
      expect(relativeError(problem.evaluate(Float64Array.from(x), gradient), f[index])).toBeLessThan(1e-10)
      const rounding = 1e-14 * Math.max(...gradients[index].map(Math.abs))
      for (const [j, expected] of gradients[index].entries()) {
        const error = Math.abs(gradient[j] - expected)
        expect(error, `point ${index}, component ${j}`).toBeLessThanOrEqual(
          1e-10 * Math.abs(expected) + rounding,
        )
      }
    }
  })
})

function relativeError(actual: number, expected: number): number {
  return Math.abs(actual - expected) / Math.abs(expected)
}
