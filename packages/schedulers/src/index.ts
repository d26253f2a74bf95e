export { constant } from './constant.ts'
export { cosine } from './cosine.ts'
export {
  createSchedule,
  type ScheduleName,
  type ScheduleSpec,
  scheduleDefinitions,
} from './create-schedule.ts'
export { exponentialDecay } from './exponential-decay.ts'
export { inverseTimeDecay } from './inverse-time-decay.ts'
export type { Options, Parameter, Schedule, ScheduleConstructor, ScheduleDefinition } from './schedule.ts'
export { stepDecay } from './step-decay.ts'
