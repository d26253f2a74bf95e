import { createCore } from '../core.ts'
import { freeGeometry } from '../free.ts'
import { checkOptions } from '../lbfgs-options.ts'
import type { Point } from '../point.ts'
import { lineSearchOf, type SolverOptions } from '../solver-options.ts'
import type { Status } from '../status.ts'
import type { Vector } from '../vector.ts'
import { createPortions, type PortionOptions } from './portions.ts'
import { type Answer, type ShardPort, startHandle, type WorkerPort } from './ports.ts'
import type { ShardedPoint } from './sharded-point.ts'
import { shardedSpace } from './sharded-space.ts'
import { WorkersLostError } from './workers-lost-error.ts'

export interface ShardedProblem {
  /** In the order of the slices, all of one precision; each serves one minimisation at a time. */
  readonly shards: readonly ShardPort[]
  readonly workers: readonly WorkerPort[]
  /** Pieces of the batch, a whole number in [1, ∞): some ten per worker, or more. */
  readonly portions: number
  /** The start, slice by slice: one is held here at a time. Default: what the shards hold as `start`. */
  readonly x0?: (shard: number) => Answer<Vector>
  readonly options?: ShardedOptions
}

/** Those of `minimize` that need no coordinate here. */
export interface ShardedOptions
  extends Pick<
      SolverOptions,
      'memory' | 'tolerance' | 'maxIterations' | 'maxEvaluations' | 'lineSearch' | 'damping'
    >,
    PortionOptions {
  /** Ends it after this many milliseconds of `now`, within one evaluation. In [0, ∞]. */
  readonly maxTimeMs?: number
  /** The clock, in milliseconds: `() => performance.now()`. */
  readonly now?: () => number
  /** Called with every accepted iterate; an answer of true ends it with `stopped`. */
  readonly onIteration?: (
    iteration: ShardedIteration,
  ) => boolean | void | PromiseLike<boolean | undefined> | PromiseLike<void>
}

/** Its `read` is valid until the answer to `onIteration`. */
export interface ShardedIteration extends ShardedPoint {
  /** Accepted steps so far; 0: the start. */
  readonly iteration: number
  readonly evaluations: number
}

/** Its `read` is valid until the shards begin another minimisation. */
export interface ShardedResult extends ShardedPoint {
  readonly status: Status
  /** One sentence with the numbers behind the status. */
  readonly message: string
  readonly iterations: number
  readonly evaluations: number
  /** The lengths of the slices. */
  readonly lengths: readonly number[]
}

/**
 * Sandblaster L-BFGS: `minimize` with its vectors on shards and its objective, a sum over portions of a batch, on workers.
 * The coordinator holds handles, inner products and the list of portions: memory independent of n.
 *
 * An evaluation is a round trip to move x and open the evaluation, the portions, and a round trip to sum and measure the
 * gradient; an accepted step adds two. For the same shards and portions the bits are the same, whatever the number of
 * workers, their speed and their deaths; one shard and one portion give those of `minimize`.
 *
 * Rejects with RangeError and TypeError for misuse, with WorkersLostError (and the best point) when no worker is left, and
 * with what a shard rejects with. Source: Dean et al. 2012, section 4.2 and algorithm 1.2.
 *
 * @example
 * const shard = createShard(2)
 * const worker = createWorker([shard], (portion, x, gradient) => {
 *   gradient[portion] = 2 * (x[portion] - 3)
 *   return (x[portion] - 3) ** 2
 * })
 * const result = await minimizeSharded({ shards: [shard], workers: [worker], portions: 2 })
 * console.log(result.status, await result.read(0)) // converged-gradient Float64Array [3, 3]
 */
export async function minimizeSharded(problem: ShardedProblem): Promise<ShardedResult> {
  const { shards, workers, portions, x0, options = {} } = problem
  const { maxTimeMs, now, signal, onIteration } = options
  checkTime(options)
  const { lengths, epsilon, evaluation: before } = await begin(shards)
  const settings = checkOptions(arrayOf(epsilon), options)
  const lineSearch = lineSearchOf(options.lineSearch, settings.precision, 'free')
  const handed = createPortions(workers, portions, options)
  for (let k = 0; x0 !== undefined && k < shards.length; k++) await shards[k].write(startHandle, await x0(k))

  const space = shardedSpace(shards, epsilon)
  const geometry = freeGeometry(space, settings.memory)
  const core = createCore(startHandle, { ...settings, space, geometry, lineSearch })
  const start = now?.() ?? 0
  let seen = -1

  function pointOf({ x, f, gradientNorm }: Point<number>): ShardedPoint {
    return { f, gradientNorm, read: (shard) => shards[shard].read(x) }
  }

  /** Whether to evaluate again. */
  async function next(): Promise<boolean> {
    const { iterations, evaluations, current } = core
    if (onIteration && evaluations > 0 && iterations > seen && core.status !== 'non-finite-start') {
      seen = iterations
      const said = await onIteration({ iteration: iterations, evaluations, ...pointOf(current) })
      if (said === true) core.end('stopped', `onIteration said so at iteration ${seen}`)
    }
    if (core.status !== 'running') return false
    if (signal?.aborted) abort()
    else if (maxTimeMs !== undefined && now && now() - start >= maxTimeMs) {
      core.end('max-time', `${maxTimeMs} ms passed; ${evaluations} evaluations`)
    }
    return core.status === 'running'
  }

  function abort(): void {
    core.end('aborted', `the signal was aborted after ${core.evaluations} evaluations`)
  }

  async function evaluate(evaluation: number): Promise<void> {
    const { x, gradient } = core.trial
    space.queue({ kind: 'open', evaluation, x, portions })
    await space.flush()
    const f = await handed.evaluate(evaluation)
    if (f === undefined) return abort()
    space.queue({ kind: 'close', evaluation, gradient })
    await core.tell(f)
  }

  for (let evaluation = before + 1; await next(); evaluation++) {
    try {
      await evaluate(evaluation)
    } catch (error) {
      if (error instanceof WorkersLostError)
        error.best = core.evaluations > 0 ? pointOf(core.result) : undefined
      throw error
    }
  }
  await space.flush()
  const { status, message, iterations, evaluations } = core
  if (status === 'running') throw new Error('minimizeSharded: it is still running')
  return { ...pointOf(core.result), status, message, iterations, evaluations, lengths }
}

/** What the shards say of themselves, after they have forgotten an earlier minimisation. */
async function begin(shards: readonly ShardPort[]) {
  if (shards.length === 0) throw new RangeError('minimizeSharded: shards must be at least one, got none')
  const answers = await Promise.all(shards.map((shard) => shard.run([{ kind: 'begin' }])))
  const epsilon = answers[0][1]
  const odd = answers.findIndex((answer) => answer[1] !== epsilon)
  if (odd >= 0) {
    throw new TypeError(
      `minimizeSharded: shards must have one precision, got roundoff ${epsilon} and ${answers[odd][1]}`,
    )
  }
  const evaluation = answers.reduce((latest, answer) => Math.max(latest, answer[2]), 0)
  return { epsilon, evaluation, lengths: answers.map((answer) => answer[0]) }
}

/** An array of the precision of the shards: the checks of the options look at its type. */
function arrayOf(epsilon: number): Vector {
  return epsilon === 2 ** -52 ? new Float64Array(0) : new Float32Array(0)
}

function checkTime({ maxTimeMs, now }: ShardedOptions): void {
  if (maxTimeMs !== undefined && !(maxTimeMs >= 0)) {
    throw new RangeError(`minimizeSharded: maxTimeMs must be in [0, ∞], got ${maxTimeMs}`)
  }
  if (maxTimeMs !== undefined && now === undefined) {
    throw new TypeError('minimizeSharded: maxTimeMs needs now, a clock: () => performance.now()')
  }
}
