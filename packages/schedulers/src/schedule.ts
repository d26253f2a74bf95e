import { checkedValues, type Given, type Parameters, type Values } from './parameters.ts'

/** A learning-rate schedule: the value at a step. Steps count completed updates, from 0; any order of calls. */
export type Schedule = (step: number) => number

type LeftOut<P extends Parameters, Also> = {
  [K in keyof P]: P[K] extends { readonly default: number } | { readonly optional: true } | Also ? K : never
}[keyof P]

/**
 * What the caller writes: parameters with a default may be left out. `Nested` says how another schedule is given, and
 * `Also` which other parameters may be left out.
 */
export type Options<
  P extends Parameters,
  Nested extends { readonly schedule: unknown } = { readonly schedule: Schedule },
  Also = never,
> = {
  readonly [K in Exclude<keyof P, LeftOut<P, Also>>]: Given<P[K], Nested['schedule']>
} & { readonly [K in LeftOut<P, Also>]?: Given<P[K], Nested['schedule']> }

/** A schedule's name, its equation as text, and its parameters: what a form or an API needs to offer it. */
export interface ScheduleDefinition<P extends Parameters = Parameters, N extends string = string> {
  readonly name: N
  readonly equation: string
  readonly parameters: P
}

/** A schedule's constructor, with its definition attached. */
export interface ScheduleConstructor<P extends Parameters = Parameters, N extends string = string> {
  (options: Options<P>): Schedule
  readonly definition: ScheduleDefinition<P, N>
  /**
   * The same for options that come as data: everything is checked here, nothing by the types. Messages begin with
   * `label`, the schedule's name unless told.
   */
  readonly create: (options: Readonly<Record<string, unknown>>, label?: string) => Schedule
}

/**
 * Defines a schedule: `at` receives checked values and returns the pure function of the step. `requires` says what is
 * wrong with values that are each in range but not together. The constructor throws RangeError or TypeError naming the
 * parameter, its value and its range.
 */
export function defineSchedule<const N extends string, const P extends Parameters>(
  definition: ScheduleDefinition<P, N> & {
    readonly at: (values: Values<P>) => Schedule
    readonly requires?: (values: Values<P>) => string | undefined
  },
): ScheduleConstructor<P, N> {
  const { at, requires, ...rest } = definition
  const create = (options: Readonly<Record<string, unknown>>, label: string = definition.name): Schedule => {
    const values = checkedValues(label, definition.parameters, options)
    const fault = requires?.(values)
    if (fault !== undefined) throw new RangeError(`${label}: ${fault}`)
    const schedule = at(values)
    return (step) => {
      if (!(step >= 0 && step < Infinity)) {
        throw new RangeError(`${label}: step must be in [0, ∞), got ${step}`)
      }
      return schedule(step)
    }
  }
  return Object.assign((options: Options<P>) => create(options), { definition: rest, create })
}
