import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createSchedule, type PlateauOptions, plateau, type ScheduleSpec } from '@thalweg/schedulers'
import { describe, expect, it } from 'vitest'

interface Golden {
  readonly tool: string
  readonly version: string
  readonly cases: readonly {
    readonly spec: ScheduleSpec
    readonly steps: readonly number[]
    readonly values: readonly number[]
  }[]
  readonly plateau: readonly {
    readonly options: PlateauOptions
    readonly metrics: readonly (number | string)[]
    readonly states: readonly (readonly [
      value: number,
      best: number | string,
      bad: number,
      cooldown: number,
    ])[]
  }[]
}

const golden: Golden = JSON.parse(readFileSync(join(import.meta.dirname, 'schedules.json'), 'utf8'))
const source = `${golden.tool} ${golden.version}`

describe(`schedules are ${source} to 1e-12`, () => {
  it.each(golden.cases)('$spec', ({ spec, steps, values }) => {
    const schedule = createSchedule(spec)
    const largest = Math.max(...values)
    for (const [index, step] of steps.entries()) {
      expect(Math.abs(schedule(step) - values[index]), `step ${step}`).toBeLessThanOrEqual(1e-12 * largest)
    }
  })
})

describe(`plateau is ${source}`, () => {
  it.each(golden.plateau)('$options', ({ options, metrics, states }) => {
    const { start, next } = plateau(options)
    let state = start
    for (const [index, metric] of metrics.entries()) {
      // Through JSON at every step: the state is plain data.
      state = JSON.parse(JSON.stringify(next(state, Number(metric))))
      const { value, best, bad, cooldown } = state
      const [expected, ...counts] = states[index]
      expect(Math.abs(value - expected), `metric ${index}`).toBeLessThanOrEqual(1e-12 * expected)
      expect([best, bad, cooldown], `metric ${index}`).toEqual(counts)
    }
  })
})
