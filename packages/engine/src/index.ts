export { CheckpointError } from './checkpoint.ts'
export { prepareTraining, type Training, type TrainingOptions } from './training.ts'
