/** A sleep that can be cut short. */
export interface Alarm {
  /** Resolves after `milliseconds`, or at the next `ring`. */
  sleep(milliseconds: number): Promise<void>
  /** Wakes all that sleep. */
  ring(): void
}

export function createAlarm(): Alarm {
  const sleepers = new Set<() => void>()
  return {
    sleep: (milliseconds) =>
      new Promise((resolve) => {
        const wake = (): void => {
          clearTimeout(timer)
          sleepers.delete(wake)
          resolve()
        }
        const timer = setTimeout(wake, milliseconds)
        sleepers.add(wake)
      }),
    ring() {
      for (const wake of [...sleepers]) wake()
    },
  }
}
