export { CheckpointError } from './checkpoint-error.ts'
export { ModelFileError } from './model-file-error.ts'
export { loadModel, type SavedModel } from './saved-model.ts'
export { prepareTraining, type Training, type TrainingOptions } from './training.ts'
