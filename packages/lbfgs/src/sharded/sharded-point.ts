import type { Vector } from '../vector.ts'
import type { Answer } from './ports.ts'

/** A point whose coordinates stay on the shards until somebody reads them. */
export interface ShardedPoint {
  readonly f: number
  readonly gradientNorm: number
  /** The slice of x that this shard owns. */
  read(shard: number): Answer<Vector>
}
