import type { Net } from './training-nets.ts'

/** One training, from the start values of its net. */
export interface TrainingTask {
  readonly net: Net
  readonly optimizer: 'momentum' | 'adam'
  readonly learningRate: number
  /** How many threads may work. */
  readonly threads: number
}

/** Who can train a net: ourselves, or a peer. */
export interface TrainingContender {
  readonly name: string
  readonly version: string
  readonly threads: number
  /** How the threads were set up, where several ways are tried. */
  readonly setting?: string
  /** Makes everything anew, and drops what was made before; undefined where there is no such layer. */
  setUp(task: Omit<TrainingTask, 'threads'>): Promise<TrainingRun | undefined>
  /** The microseconds of `calls` products of two f32 matrices [size, size]: of those whose BLAS is the measure. */
  readonly product?: (size: number, calls: number) => Promise<number>
  close(): void
}

/** A net, a fixed batch and an optimizer. */
export interface TrainingRun {
  /** Takes `calls` steps and returns the microseconds that took. */
  elapsed(calls: number): number | Promise<number>
  /** Takes `count` steps and returns the loss before each. */
  losses(count: number): readonly number[] | Promise<readonly number[]>
  /** The microseconds of the matrix products of `calls` steps, and of nothing else; of ours. */
  readonly productsElapsed?: (calls: number) => number | Promise<number>
}

/** A library that `training-serve.ts` makes a contender of. */
export interface TrainingLibrary {
  readonly version: string
  /** As the contender's. */
  setUp(task: TrainingTask): Promise<TrainingRun | undefined>
}
