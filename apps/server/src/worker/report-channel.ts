import type { Progress } from './protocol.ts'

/** Reports on their way to the server, a few at a time: training waits while the server cannot keep up. */
export interface ReportChannel {
  /** Resolves when the report is sent. */
  send(progress: Progress): Promise<void>
  /** The server has stored one. */
  stored(): void
  /** Resolves when every report is stored. */
  settled(): Promise<void>
}

const maximumInFlight = 2

export function reportChannel(post: (progress: Progress) => void): ReportChannel {
  let inFlight = 0
  let wake = (): void => {}
  const until = async (most: number): Promise<void> => {
    while (inFlight > most) {
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
  }
  return {
    async send(progress) {
      await until(maximumInFlight - 1)
      inFlight++
      post(progress)
    },
    stored() {
      inFlight--
      wake()
    },
    settled: () => until(0),
  }
}
