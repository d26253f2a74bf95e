import type { Schedule } from './schedule.ts'

/** The numbers a parameter may be; what is absent is unbounded. */
export interface Range {
  readonly greaterThan?: number
  readonly atLeast?: number
  readonly lessThan?: number
  readonly atMost?: number
  readonly integer?: true
}

/** One number a schedule takes. */
export interface NumberParameter extends Range {
  readonly kind?: undefined
  readonly default?: number
  /** May be left out although no fixed number stands for it: it then follows from the other parameters. */
  readonly optional?: true
  /** The value a schedule is put over, such as an optimizer's learning rate, where a description leaves this out. */
  readonly base?: true
}

/** A list of numbers, each in the range `each`; `order` says how neighbours compare. */
export interface NumbersParameter {
  readonly kind: 'numbers'
  readonly each: Range
  readonly order: 'rising' | 'not falling'
  readonly minimumLength: number
  readonly maximumLength: number
}

/** Another schedule. */
export interface ScheduleParameter {
  readonly kind: 'schedule'
}

/** A list of other schedules. */
export interface SchedulesParameter {
  readonly kind: 'schedules'
  readonly minimumLength: number
  readonly maximumLength: number
}

/** What a schedule takes under one name. */
export type Parameter = NumberParameter | NumbersParameter | ScheduleParameter | SchedulesParameter

export type Parameters = Readonly<Record<string, Parameter>>

/** What a schedule is computed from: every parameter with a default is there. */
export type Values<P extends Parameters> = {
  readonly [K in keyof P]: P[K] extends { readonly optional: true }
    ? number | undefined
    : Given<P[K], Schedule>
}

/** How a caller gives a parameter, `S` standing for another schedule. */
export type Given<P extends Parameter, S> = P extends { readonly kind: 'numbers' }
  ? readonly number[]
  : P extends { readonly kind: 'schedule' }
    ? S
    : P extends { readonly kind: 'schedules' }
      ? readonly S[]
      : number

/**
 * The values of a schedule's parameters, defaults filled in. Throws TypeError for an unknown name or a wrong kind of
 * value, RangeError for one out of range; `label` says whose they are.
 */
export function checkedValues<P extends Parameters>(
  label: string,
  parameters: P,
  options: object,
): Values<P> {
  const given = new Map<string, unknown>(Object.entries(options))
  for (const name of given.keys()) {
    if (!Object.hasOwn(parameters, name)) {
      const known = Object.keys(parameters).join(', ')
      throw new TypeError(`${label}: unknown parameter "${name}"; there are: ${known || 'none'}`)
    }
  }
  const values = Object.entries(parameters).map(([name, parameter]) => {
    const value = given.get(name) ?? (parameter.kind === undefined ? parameter.default : undefined)
    check(`${label}: ${name}`, parameter, value)
    return [name, value] as const
  })
  return Object.fromEntries(values) as Values<P>
}

function check(place: string, parameter: Parameter, value: unknown): void {
  if (parameter.kind === undefined) {
    if (value !== undefined || parameter.optional !== true) checkNumber(place, value, parameter)
  } else if (parameter.kind === 'schedule') {
    checkSchedule(place, value)
  } else {
    const values = checkedList(place, parameter, value)
    if (parameter.kind === 'numbers') checkNumbers(place, parameter, values)
    else for (const [index, each] of values.entries()) checkSchedule(`${place}[${index}]`, each)
  }
}

function checkNumbers(place: string, parameter: NumbersParameter, values: readonly unknown[]): void {
  const { each, order } = parameter
  let previous = Number.NEGATIVE_INFINITY
  for (const [index, value] of values.entries()) {
    checkNumber(`${place}[${index}]`, value, each)
    if (value < previous || (order === 'rising' && value === previous)) {
      const rule = order === 'rising' ? 'rise' : 'not fall'
      throw new RangeError(`${place} must ${rule}, got ${value} after ${previous}`)
    }
    previous = value
  }
}

function checkedList(
  place: string,
  { minimumLength, maximumLength }: NumbersParameter | SchedulesParameter,
  value: unknown,
): readonly unknown[] {
  if (!Array.isArray(value)) throw new TypeError(`${place} must be a list, got ${shown(value)}`)
  if (value.length < minimumLength || value.length > maximumLength) {
    throw new RangeError(`${place} must have ${minimumLength} to ${maximumLength} items, got ${value.length}`)
  }
  return value
}

function checkSchedule(place: string, value: unknown): void {
  if (typeof value === 'function') return
  throw new TypeError(`${place} must be a schedule, a function of the step, got ${shown(value)}`)
}

function checkNumber(place: string, value: unknown, range: Range): asserts value is number {
  const inside =
    typeof value === 'number' &&
    Number.isFinite(value) &&
    value > (range.greaterThan ?? -Infinity) &&
    value >= (range.atLeast ?? -Infinity) &&
    value < (range.lessThan ?? Infinity) &&
    value <= (range.atMost ?? Infinity) &&
    (range.integer !== true || Number.isSafeInteger(value))
  if (!inside) throw new RangeError(`${place} must be ${rangeText(range)}, got ${shown(value)}`)
}

function rangeText(range: Range): string {
  const low = range.greaterThan !== undefined ? `(${range.greaterThan}` : `[${range.atLeast ?? '-∞'}`
  const high = range.lessThan !== undefined ? `${range.lessThan})` : `${range.atMost ?? '∞'}]`
  return `${range.integer ? 'a whole number ' : ''}in ${low}, ${high}`
    .replace('[-∞', '(-∞')
    .replace('∞]', '∞)')
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'function') return 'a function'
  return typeof value === 'object' && value !== null ? 'an object' : String(value)
}
