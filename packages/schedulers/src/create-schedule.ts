import { constant } from './constant.ts'
import { cosine } from './cosine.ts'
import { cosineRestarts } from './cosine-restarts.ts'
import { cyclic } from './cyclic.ts'
import { exponentialDecay } from './exponential-decay.ts'
import { inverseSqrt } from './inverse-sqrt.ts'
import { inverseTimeDecay } from './inverse-time-decay.ts'
import { invert } from './invert.ts'
import { join } from './join.ts'
import { linear } from './linear.ts'
import { multiStep } from './multi-step.ts'
import { noam } from './noam.ts'
import { oneCycle } from './one-cycle.ts'
import { oneCycleMomentum } from './one-cycle-momentum.ts'
import type { Parameter } from './parameters.ts'
import { polynomial } from './polynomial.ts'
import { rangeTest } from './range-test.ts'
import { scale } from './scale.ts'
import type { Options, Schedule, ScheduleConstructor, ScheduleDefinition } from './schedule.ts'
import { specSizeFault } from './spec-size.ts'
import { stepDecay } from './step-decay.ts'
import { sutskeverMomentum } from './sutskever-momentum.ts'
import { warmup } from './warmup.ts'
import { warmupStableDecay } from './warmup-stable-decay.ts'

const constructors = {
  constant,
  stepDecay,
  multiStep,
  exponentialDecay,
  inverseTimeDecay,
  inverseSqrt,
  noam,
  linear,
  polynomial,
  cosine,
  cosineRestarts,
  warmup,
  oneCycle,
  cyclic,
  warmupStableDecay,
  rangeTest,
  oneCycleMomentum,
  sutskeverMomentum,
  join,
  scale,
  invert,
}

/** The name of a schedule that `createSchedule` knows. */
export type ScheduleName = keyof typeof constructors

type Spec<Nested extends { readonly schedule: unknown }, Also = never> = {
  [N in ScheduleName]: { readonly name: N } & ((typeof constructors)[N] extends ScheduleConstructor<infer P>
    ? Options<P, Nested, Also>
    : never)
}[ScheduleName]

// An interface each: a type alias may not contain itself, what an interface has may.
interface Nested {
  readonly schedule: ScheduleSpec
}
interface NestedOverBase {
  readonly schedule: ScheduleSpecOverBase
}

/** A schedule as data: its name and its parameters; a schedule inside another is described in the same way. */
export type ScheduleSpec = Spec<Nested>

/** The same where `initial`, `peak` and `high`, also of the schedules inside, may be left out: they are the base. */
export type ScheduleSpecOverBase = Spec<NestedOverBase, { readonly base: true }>

/** Every schedule's definition, by name, in the order in which they are documented. */
export const scheduleDefinitions: {
  readonly [N in ScheduleName]: ScheduleDefinition<Readonly<Record<string, Parameter>>, N>
} = {
  constant: constant.definition,
  stepDecay: stepDecay.definition,
  multiStep: multiStep.definition,
  exponentialDecay: exponentialDecay.definition,
  inverseTimeDecay: inverseTimeDecay.definition,
  inverseSqrt: inverseSqrt.definition,
  noam: noam.definition,
  linear: linear.definition,
  polynomial: polynomial.definition,
  cosine: cosine.definition,
  cosineRestarts: cosineRestarts.definition,
  warmup: warmup.definition,
  oneCycle: oneCycle.definition,
  cyclic: cyclic.definition,
  warmupStableDecay: warmupStableDecay.definition,
  rangeTest: rangeTest.definition,
  oneCycleMomentum: oneCycleMomentum.definition,
  sutskeverMomentum: sutskeverMomentum.definition,
  join: join.definition,
  scale: scale.definition,
  invert: invert.definition,
}

/**
 * The schedule that a plain object describes. With `base`, the value a schedule is put over (such as the optimizer's
 * learning rate), it may leave out `initial`, `peak` and `high`, which are then the base.
 *
 * Throws TypeError for an unknown name (listing those there are) or a wrong kind of value, RangeError for a value out
 * of range and for more parts than `specLimits` allows.
 *
 * @example createSchedule({ name: 'stepDecay', initial: 0.1, factor: 0.5, every: 10 })(25) // 0.025
 * @example createSchedule({ name: 'warmup', steps: 4, then: { name: 'cosine', steps: 10 } }, 0.1)(9) // 0.05
 */
export function createSchedule(spec: ScheduleSpec): Schedule
export function createSchedule(spec: ScheduleSpecOverBase, base: number): Schedule
export function createSchedule(spec: ScheduleSpecOverBase, base?: number): Schedule {
  const fault = specSizeFault(spec)
  if (fault !== undefined) throw new RangeError(fault)
  return build(spec, base, '')
}

/** `place` says where the description stands in another; empty for the outermost. */
function build(spec: unknown, base: number | undefined, place: string): Schedule {
  const prefix = place === '' ? '' : `${place}: `
  const { name, ...options } = described(spec, prefix)
  if (!isName(name)) {
    throw new TypeError(
      `${prefix}unknown schedule ${JSON.stringify(name)}; there are: ${Object.keys(constructors).join(', ')}`,
    )
  }
  const { create, definition } = constructors[name]
  const here = place === '' ? name : `${place}.${name}`
  for (const [key, parameter] of Object.entries<Parameter>(definition.parameters)) {
    const value = options[key]
    if (parameter.kind === undefined) {
      if (parameter.base && value === undefined) options[key] = base
    } else if (parameter.kind === 'schedule' && value !== undefined) {
      options[key] = build(value, base, `${here}.${key}`)
    } else if (parameter.kind === 'schedules' && Array.isArray(value)) {
      options[key] = value.map((each, index) => build(each, base, `${here}.${key}[${index}]`))
    }
  }
  return create(options, `${prefix}${name}`)
}

function described(spec: unknown, prefix: string): Record<string, unknown> {
  if (typeof spec === 'object' && spec !== null && 'name' in spec) return { ...spec }
  throw new TypeError(`${prefix}a schedule is described by an object with a "name"`)
}

function isName(name: unknown): name is ScheduleName {
  return typeof name === 'string' && Object.hasOwn(constructors, name)
}
