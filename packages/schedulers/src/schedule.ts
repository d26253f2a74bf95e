/** A learning-rate schedule: the value at a step. Steps count completed updates, from 0; any order of calls. */
export type Schedule = (step: number) => number

/** One number a schedule takes: its default, if it has one, and the range it must lie in. */
export interface Parameter {
  readonly default?: number
  readonly greaterThan?: number
  readonly atLeast?: number
  readonly lessThan?: number
  readonly atMost?: number
  readonly integer?: true
}

type Parameters = Readonly<Record<string, Parameter>>
type Values<P extends Parameters> = { readonly [K in keyof P]: number }
type Optional<P extends Parameters> = {
  [K in keyof P]: P[K] extends { readonly default: number } ? K : never
}[keyof P]

/** What the caller writes: parameters with a default may be left out. */
export type Options<P extends Parameters> = Pick<Values<P>, Exclude<keyof P, Optional<P>>> &
  Partial<Pick<Values<P>, Optional<P>>>

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
  /** The same for options that come as data: everything is checked here, nothing by the types. */
  readonly create: (options: Readonly<Record<string, unknown>>) => Schedule
}

/**
 * Defines a schedule: `at` receives checked values and returns the pure function of the step.
 * The constructor throws RangeError naming the parameter, its value and its range.
 */
export function defineSchedule<const N extends string, const P extends Parameters>(
  definition: ScheduleDefinition<P, N> & { readonly at: (values: Values<P>) => Schedule },
): ScheduleConstructor<P, N> {
  const { at, ...rest } = definition
  const create = (options: Readonly<Record<string, unknown>>): Schedule => {
    const schedule = at(checked(definition, options))
    return (step) => {
      if (!(step >= 0)) throw new RangeError(`${definition.name}: step must be in [0, ∞), got ${step}`)
      return schedule(step)
    }
  }
  return Object.assign((options: Options<P>) => create(options), { definition: rest, create })
}

function checked<P extends Parameters>(definition: ScheduleDefinition<P>, options: object): Values<P> {
  const given = new Map<string, unknown>(Object.entries(options))
  for (const name of given.keys()) {
    if (!Object.hasOwn(definition.parameters, name)) {
      const known = Object.keys(definition.parameters).join(', ')
      throw new TypeError(`${definition.name}: unknown parameter "${name}"; there are: ${known || 'none'}`)
    }
  }
  const values = Object.entries(definition.parameters).map(([name, parameter]) => {
    const value = given.get(name) ?? parameter.default
    if (!inRange(value, parameter)) {
      throw new RangeError(`${definition.name}: ${name} must be ${rangeText(parameter)}, got ${value}`)
    }
    return [name, value] as const
  })
  return Object.fromEntries(values) as Values<P>
}

function inRange(value: unknown, range: Parameter): value is number {
  return (
    typeof value === 'number' &&
    Number.isFinite(value) &&
    value > (range.greaterThan ?? -Infinity) &&
    value >= (range.atLeast ?? -Infinity) &&
    value < (range.lessThan ?? Infinity) &&
    value <= (range.atMost ?? Infinity) &&
    (range.integer !== true || Number.isInteger(value))
  )
}

function rangeText(range: Parameter): string {
  const low = range.greaterThan !== undefined ? `(${range.greaterThan}` : `[${range.atLeast ?? '-∞'}`
  const high = range.lessThan !== undefined ? `${range.lessThan})` : `${range.atMost ?? '∞'}]`
  return `${range.integer ? 'a whole number ' : ''}in ${low}, ${high}`
    .replace('[-∞', '(-∞')
    .replace('∞]', '∞)')
}
