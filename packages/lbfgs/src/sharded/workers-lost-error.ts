import type { ShardedPoint } from './sharded-point.ts'

/** No worker is left: each has failed, or has not answered in the time one was willing to wait. */
export class WorkersLostError extends Error {
  readonly code = 'workers-lost'
  readonly evaluation: number
  /** Portions of that evaluation without a result. */
  readonly missing: number
  /** The lowest point known, where there is one; its slices can be read while the shards live. */
  best: ShardedPoint | undefined

  constructor({ workers, evaluation, portions, missing, cause }: Loss) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    const done = `${portions - missing} of ${portions} portions of evaluation ${evaluation} done`
    super(`all ${workers} workers are lost, with ${done}; the last one: ${reason}`, { cause })
    this.name = 'WorkersLostError'
    this.evaluation = evaluation
    this.missing = missing
  }
}

interface Loss {
  readonly workers: number
  readonly evaluation: number
  readonly portions: number
  readonly missing: number
  readonly cause: unknown
}
