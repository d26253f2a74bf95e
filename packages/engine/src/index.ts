export { CheckpointError } from './checkpoint-error.ts'
export { prepareTraining, type Training, type TrainingOptions } from './training.ts'
