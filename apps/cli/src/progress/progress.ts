import type { RunResource } from '@thalweg/client'
import type { Variations } from '../comparison/run-label.ts'
import type { Surroundings } from '../surroundings.ts'
import { coloursFor } from '../terminal/colours.ts'
import { progressBars } from './progress-bars.ts'
import { progressLines } from './progress-lines.ts'
import { stateCountBars } from './state-count-bars.ts'

/** Tells how the runs of an experiment get on. */
export interface Progress {
  /** All runs of the experiment, each time in the same order. */
  update(runs: readonly RunResource[]): void
  /** Leaves the terminal as it was. */
  stop(): void
}

/** More bars than this would scroll out of a usual terminal. */
const maximumBars = 12

/** On the error stream, so that the output holds results only: bars on a terminal, else a line per finished run. */
export function createProgress(runCount: number, document: Variations, surroundings: Surroundings): Progress {
  const { stderr, environment } = surroundings
  if (stderr.isTTY !== true) return progressLines(stderr, document)
  const colours = coloursFor(stderr, environment)
  return runCount > maximumBars ? stateCountBars(stderr, colours) : progressBars(stderr, document, colours)
}
