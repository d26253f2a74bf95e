import { type ScheduleName, scheduleDefinitions } from '@thalweg/schedulers'
import { z } from 'zod'
import { named } from './named.ts'
import { numberIn } from './optimizer.ts'

const [first, ...others] = Object.values(scheduleDefinitions).map((definition) =>
  z
    .strictObject({
      name: z.literal(definition.name),
      ...Object.fromEntries(
        Object.entries(definition.parameters).map(([name, parameter]): [string, z.ZodType] => {
          const number = numberIn(parameter)
          // `initial` defaults to the optimizer's learning rate, which is not known here.
          if (name === 'initial') return [name, number.optional()]
          return [name, parameter.default === undefined ? number : number.default(parameter.default)]
        }),
      ),
    })
    .describe(definition.equation),
)

/** The learning rate over steps; `initial` defaults to the optimizer's rate, lengths are in steps. */
export type ScheduleDocument = { readonly name: ScheduleName } & {
  readonly [parameter: string]: number | string | undefined
}

export const scheduleSchema: z.ZodType<ScheduleDocument> = named('schedule', [first, ...others])
