import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, test } from 'vitest'
import { moreThuente } from './more-thuente.ts'
import { moreThuenteFunctions, searchAlong } from './search-along.suite.ts'

interface Golden {
  readonly tool: string
  readonly version: string
  readonly cases: readonly {
    readonly c1: number
    readonly c2: number
    readonly xtol: number
    readonly step: number
    readonly stepMin: number
    readonly stepMax: number
    readonly value: number
    readonly slope: number
    readonly trials: readonly (readonly [step: number, value: number, slope: number])[]
    readonly task: string
  }[]
}

const path = join(import.meta.dirname, '../../../../test/golden/dcsrch.json')
const golden: Golden = JSON.parse(readFileSync(path, 'utf8'))

const outcomes: Readonly<Record<string, string>> = {
  CONVERGENCE: 'accepted',
  'WARNING: STP = STPMAX': 'step-limit',
  'WARNING: STP = STPMIN': 'rounding',
  'WARNING: XTOL TEST SATISFIED': 'rounding',
  'WARNING: ROUNDING ERRORS PREVENT PROGRESS': 'rounding',
}

describe(`every trial is that of ${golden.tool} ${golden.version}, bit for bit`, () => {
  it.each(golden.cases.map((one, index) => ({ index, ...one })))(
    'case $index, $trials.length trials, $task',
    (one) => {
      const search = moreThuente({ ...one, maxTrials: 100 })
      search.start(one.value, one.slope, one.step, one.stepMax)
      for (const [index, [step, value, slope]] of one.trials.entries()) {
        expect(search.step, `trial ${index}`).toBe(step)
        const last = index === one.trials.length - 1
        expect(search.tell(value, slope)).toBe(last ? outcomes[one.task] : 'continue')
      }
    },
  )
})

// Trials of MINPACK-2's dcsrch from the steps 1e-3, 0.1, 10 and 1000; tables 1-6 of the paper are those of its own code.
it.each([
  [1, 0.001, 0.1, [6, 3, 1, 4]],
  [2, 0.1, 0.1, [12, 8, 8, 11]],
  [3, 0.1, 0.1, [12, 12, 10, 13]],
  [4, 0.001, 0.001, [4, 1, 3, 4]],
  [5, 0.001, 0.001, [6, 3, 7, 8]],
  [6, 0.001, 0.001, [13, 11, 8, 11]],
])('function %i of More and Thuente with c1 %f, c2 %f takes %j trials', (number, c1, c2, expected) => {
  const taken = [1e-3, 0.1, 10, 1e3].map((step) => {
    const found = searchAlong(moreThuente({ c1, c2 }), moreThuenteFunctions[number - 1].phi, {
      step,
      stepMax: 4 * Math.max(1, step),
    })
    expect(found.outcome).toBe('accepted')
    return found.trials.length
  })
  expect(taken).toEqual(expected)
})

test('values near the largest number bisect the bracket', () => {
  const search = moreThuente()
  search.start(0, -1e308, 1, 10)
  expect(search.tell(1e308, 1e308)).toBe('continue')
  expect(search.step).toBe(0.5)
})
