import type { RunDocument, RunEvent } from '@thalweg/document'

export interface TrainingOptions {
  /** Where file data sets lie, one folder a set; undefined where none is configured. */
  readonly dataDirectory: string | undefined
  /** The data of a checkpoint event of the same document: training goes on from there to the same bits. */
  readonly checkpoint?: Uint8Array
  /** Asked after every step; where it says true, a checkpoint event follows. Never by default. */
  readonly wantsCheckpoint?: () => boolean
}

/** A run, ready to train. */
export interface Training {
  /** Updates of the whole run, also where it resumes in the middle. */
  readonly totalSteps: number
  /** How many numbers are trained. */
  readonly parameterCount: number
  /** The events in order, from the first step, or from the checkpoint's; the last one is `done`. Iterate once. */
  events(): AsyncGenerator<RunEvent, void>
}

/** Reads the data, lays out the model and the plan. Rejects with what readDataset throws, or CheckpointError. */
export declare function prepareTraining(document: RunDocument, options: TrainingOptions): Promise<Training>
