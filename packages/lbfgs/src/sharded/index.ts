export { createDownpourClient, type DownpourClient, type DownpourClientOptions } from './downpour-client.ts'
export {
  createDownpourServer,
  type DownpourRule,
  type DownpourServer,
  type DownpourState,
} from './downpour-server.ts'
export {
  minimizeSharded,
  type ShardedIteration,
  type ShardedOptions,
  type ShardedProblem,
  type ShardedResult,
} from './minimize-sharded.ts'
export type { Answer, ShardOperation, ShardPort, SlicePort, WorkerPort } from './ports.ts'
export { createShard, type Shard } from './shard.ts'
export { createWorker, type PortionObjective } from './worker.ts'
export { WorkersLostError } from './workers-lost-error.ts'
