import type { Gate } from './gate.ts'
import type { RecordSequence } from './record-sequence.ts'

/** One block of records that a pass in order will want next, read while its caller computes. */
export interface ReadAhead {
  /** Whether the block holds, or is being filled with, these records. */
  holds(sequence: RecordSequence, from: number, to: number): boolean
  /** Waits for the block and calls `task` with it and its first record; rejects where it could not be read. */
  use(task: (block: Uint8Array, first: number) => void): Promise<void>
  /** Whether record `to` is the one after the block's last. */
  endsAt(to: number): boolean
  /** Begins to fill the block with these records, which must fit in; does nothing while it is filled or waited for. */
  load(sequence: RecordSequence, from: number, to: number): void
}

interface Loaded {
  readonly sequence: RecordSequence
  readonly from: number
  readonly to: number
  readonly reading: Promise<void>
}

/** A block of `blockBytes`, allocated when first used. */
export function createReadAhead(blockBytes: number, gate: Gate): ReadAhead {
  let block: Uint8Array | undefined
  let loaded: Loaded | undefined
  /** How many fill the block or wait for it. */
  let users = 0

  return {
    holds: (sequence, from, to) =>
      loaded !== undefined && loaded.sequence === sequence && loaded.from <= from && to <= loaded.to,
    endsAt: (to) => loaded?.to === to,
    async use(task) {
      if (loaded === undefined || block === undefined) throw new TypeError('read-ahead: nothing is loaded')
      const { reading, from } = loaded
      users++
      try {
        await reading
        task(block, from)
      } finally {
        users--
      }
    },
    load(sequence, from, to) {
      if (users > 0 || from >= to) return
      block ??= new Uint8Array(blockBytes)
      const bytes = block
      users++
      const reading = gate.pass(() => sequence.read(from, to, bytes, 0))
      loaded = { sequence, from, to, reading }
      const done = (): void => {
        users--
      }
      // Nobody may ever ask for these records; whoever does is told of the failure, or reads them again.
      reading.then(done, () => {
        done()
        loaded = undefined
      })
    },
  }
}
