/** What may be used until it is closed. */
export interface Gate {
  /** Calls `task`; rejects with TypeError once the gate is closed. */
  pass<Result>(task: () => Promise<Result>): Promise<Result>
  /** Lets nothing pass any more, and waits for what has passed. */
  close(): Promise<void>
}

/** A gate to the thing of that name. */
export function createGate(name: string): Gate {
  const underWay = new Set<Promise<unknown>>()
  let open = true
  return {
    async pass(task) {
      if (!open) throw new TypeError(`${name} is closed`)
      const passing = task()
      underWay.add(passing)
      try {
        return await passing
      } finally {
        underWay.delete(passing)
      }
    },
    async close() {
      open = false
      await Promise.allSettled(underWay)
    },
  }
}
