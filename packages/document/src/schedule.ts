import {
  createSchedule,
  type Parameter,
  type ScheduleSpecOverBase,
  scheduleDefinitions,
  specSizeFault,
} from '@thalweg/schedulers'
import { z } from 'zod'
import { named } from './named.ts'
import { numberIn } from './optimizer.ts'

/** A schedule inside another. */
const inner: z.ZodType = z.lazy(() => union)

const [first, ...others] = Object.values(scheduleDefinitions).map((definition) =>
  z
    .strictObject({
      name: z.literal(definition.name),
      ...Object.fromEntries(
        Object.entries(definition.parameters).map(([name, parameter]) => [name, schemaOf(parameter)]),
      ),
    })
    .describe(definition.equation),
)

const union: z.ZodType = named('schedule', [first, ...others]).meta({ id: 'Schedule' })

function schemaOf(parameter: Parameter): z.ZodType {
  switch (parameter.kind) {
    case 'schedule':
      return inner
    case 'schedules':
      return z.array(inner).min(parameter.minimumLength).max(parameter.maximumLength)
    case 'numbers':
      return z
        .array(numberIn(parameter.each))
        .min(parameter.minimumLength)
        .max(parameter.maximumLength)
        .describe(`Each is ${parameter.order === 'rising' ? 'larger' : 'not smaller'} than the one before.`)
    case undefined: {
      const number = numberIn(parameter)
      // A base is the value that the schedule is put over, which is not known here.
      if (parameter.base || parameter.optional) return number.optional()
      return parameter.default === undefined ? number : number.default(parameter.default)
    }
  }
}

/**
 * A value over steps; lengths are in steps. `initial`, `peak` and `high` default to the value that the schedule is put
 * over: the optimizer's learning rate, or the hyper-parameter's own value.
 */
// A type of its own, so that declarations of packages that use it name this package.
export type ScheduleDocument = Readonly<ScheduleSpecOverBase>

// The size is looked at first: what is within its bounds can be read recursively. The options are made from the
// schedules' own table, whose names and numbers the compiler cannot follow.
export const scheduleSchema = z.preprocess((input, context) => {
  const message = specSizeFault(input)
  if (message !== undefined) context.addIssue({ code: 'custom', message, input })
  return input
}, union) as z.ZodType<unknown> as z.ZodType<ScheduleDocument>

/** Steps at which a schedule's values are looked at: the first ones, and around the powers of 2. */
const sampledSteps = [
  ...Array.from({ length: 64 }, (_, step) => step),
  ...Array.from({ length: 24 }, (_, power) => 2 ** (power + 6)).flatMap((step) => [step - 1, step, step + 1]),
]

/** What is wrong with a schedule put over `base`: its parameters together, or a value that `range` does not allow. */
export function scheduleFault(
  schedule: ScheduleDocument,
  base: number,
  range: Parameters<typeof numberIn>[0] = {},
): string | undefined {
  const values = numberIn(range)
  try {
    const at = createSchedule(schedule, base)
    for (const step of sampledSteps) {
      const { error } = values.safeParse(at(step))
      if (error !== undefined) return `is ${at(step)} at step ${step}: ${error.issues[0].message}`
    }
    return undefined
  } catch (error) {
    if (error instanceof RangeError || error instanceof TypeError) return error.message
    throw error
  }
}
