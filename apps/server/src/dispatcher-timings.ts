/** All in milliseconds. */
export interface DispatcherTimings {
  /** A run whose lease is not renewed for this long goes back to the queue. */
  readonly leaseMs: number
  readonly heartbeatMs: number
  /** How often the queue is looked at without being told to. */
  readonly pollMs: number
  /** How long a worker may take to stop a cancelled run before it is ended. */
  readonly cancelGraceMs: number
  /** How long workers may take to their last checkpoint when the server shuts down. */
  readonly drainGraceMs: number
  /** A worker that says nothing for this long while training is ended. Longer than any single update or evaluation. */
  readonly silenceMs: number
  /** Wait after a worker that could not start; doubles up to a hundred times this. */
  readonly restartMs: number
}

export const defaultTimings: DispatcherTimings = {
  leaseMs: 30_000,
  heartbeatMs: 10_000,
  pollMs: 1000,
  cancelGraceMs: 10_000,
  drainGraceMs: 15_000,
  silenceMs: 600_000,
  restartMs: 300,
}
