import { constant } from './constant.ts'
import { cosine } from './cosine.ts'
import { exponentialDecay } from './exponential-decay.ts'
import { inverseTimeDecay } from './inverse-time-decay.ts'
import type { Options, Parameter, Schedule, ScheduleConstructor, ScheduleDefinition } from './schedule.ts'
import { stepDecay } from './step-decay.ts'

const constructors = { constant, stepDecay, exponentialDecay, inverseTimeDecay, cosine }

/** The name of a schedule that `createSchedule` knows. */
export type ScheduleName = keyof typeof constructors

/** A schedule as data: its name and its parameters. */
export type ScheduleSpec = {
  [N in ScheduleName]: { readonly name: N } & ((typeof constructors)[N] extends ScheduleConstructor<infer P>
    ? Options<P>
    : never)
}[ScheduleName]

/** Every schedule's definition, by name, in the order in which they are documented. */
export const scheduleDefinitions: {
  readonly [N in ScheduleName]: ScheduleDefinition<Record<string, Parameter>, N>
} = {
  constant: constant.definition,
  stepDecay: stepDecay.definition,
  exponentialDecay: exponentialDecay.definition,
  inverseTimeDecay: inverseTimeDecay.definition,
  cosine: cosine.definition,
}

/**
 * The schedule that a plain object describes.
 *
 * Throws TypeError for an unknown name (listing those there are), RangeError for a value out of range.
 *
 * @example createSchedule({ name: 'stepDecay', initial: 0.1, factor: 0.5, every: 10 })(25) // 0.025
 */
export function createSchedule(spec: ScheduleSpec): Schedule {
  const { name, ...options } = spec
  if (!Object.hasOwn(constructors, name)) {
    throw new TypeError(`unknown schedule "${name}"; there are: ${Object.keys(constructors).join(', ')}`)
  }
  return constructors[name].create(options)
}
