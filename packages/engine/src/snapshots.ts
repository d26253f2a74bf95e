import type { RunDocument } from '@thalweg/document'
import { snapshotSteps } from '@thalweg/ensembles'
import type { Weights } from '@thalweg/nn'
import { bytesOf } from './trained-arrays.ts'

type Snapshot = Pick<Weights, 'parameters' | 'statistics'>

/** The weights at the end of each cycle of the learning rate. */
export interface Snapshots {
  /** Those taken so far, the first cycle's first. */
  readonly taken: readonly Snapshot[]
  /** Keeps the weights after so many steps, if a cycle ends there. */
  after(completed: number): void
  /** For a checkpoint. */
  save(): Record<string, Uint8Array>
  restore(arrays: Readonly<Record<string, Uint8Array>>): void
}

/** As the document says; none where it asks for none. Throws RangeError for cycles that do not fit the steps. */
export function createSnapshots(
  { snapshots }: RunDocument,
  { parameters, statistics }: Snapshot,
  totalSteps: number,
): Snapshots {
  const ends = new Set(
    snapshots === undefined ? [] : snapshotSteps({ steps: totalSteps, cycles: snapshots.cycles }),
  )
  const taken: Snapshot[] = []
  const keep = () => taken.push({ parameters: parameters.slice(), statistics: statistics.slice() })
  return {
    taken,
    after(completed) {
      if (ends.has(completed)) keep()
    },
    save: () =>
      Object.fromEntries(
        taken.flatMap((snapshot, index) => [
          [`snapshot${index + 1}.parameters`, bytesOf(snapshot.parameters)],
          [`snapshot${index + 1}.statistics`, bytesOf(snapshot.statistics)],
        ]),
      ),
    restore(arrays) {
      taken.length = 0
      for (let cycle = 1; arrays[`snapshot${cycle}.parameters`] !== undefined; cycle++) {
        keep()
        const snapshot = taken[cycle - 1]
        bytesOf(snapshot.parameters).set(arrays[`snapshot${cycle}.parameters`])
        bytesOf(snapshot.statistics).set(arrays[`snapshot${cycle}.statistics`])
      }
    },
  }
}
