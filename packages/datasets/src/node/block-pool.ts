/** A few blocks of memory, lent one at a time. */
export interface BlockPool {
  /** Calls `task` with a block that nobody else uses until it settles: at once where one is free, else in turn. */
  use<Result>(task: (block: Uint8Array) => Promise<Result>): Promise<Result>
}

/** A pool that lends `blocks`. */
export function createBlockPool(blocks: readonly Uint8Array[]): BlockPool {
  const free = [...blocks]
  const waiting: ((block: Uint8Array) => void)[] = []
  return {
    async use(task) {
      // No await where a block is free: the task's first reads are to start before its caller goes on.
      const block = free.pop() ?? (await new Promise<Uint8Array>((lend) => waiting.push(lend)))
      try {
        return await task(block)
      } finally {
        const next = waiting.shift()
        if (next === undefined) free.push(block)
        else next(block)
      }
    },
  }
}
