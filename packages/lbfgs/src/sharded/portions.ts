import type { WorkerPort } from './ports.ts'
import { createReductionTree, type ReductionTree } from './reduction-tree.ts'
import { WorkersLostError } from './workers-lost-error.ts'

export interface PortionOptions {
  /**
   * Resolves after as long as one is willing to wait without an answer from any worker: then all count as lost. Without
   * it the wait has no end, and a transport has to reject for a worker that is gone.
   */
  readonly patience?: () => PromiseLike<void>
  /** Ends an evaluation in its midst. */
  readonly signal?: AbortSignal
}

/** Hands out the portions of one evaluation after the other. */
export interface Portions {
  /** The sum of f over the portions; undefined if it was aborted. Rejects with WorkersLostError if no worker is left. */
  evaluate(evaluation: number): Promise<number | undefined>
}

interface Run {
  readonly evaluation: number
  readonly sum: ReductionTree<number>
  /** The first portion that nobody was given. */
  fresh: number
  /** Portions whose worker died with no other at work on them. */
  readonly returned: number[]
  /** Portions at work, in the order they were first given out, and the number of workers at each. */
  readonly out: Map<number, number>
  readonly settle: (f: number | undefined | WorkersLostError) => void
}

type WorkerState = 'free' | 'busy' | 'lost'

/**
 * The batch as `portions` pieces, many more than workers. Whoever is free gets the next; when none is left, those still at
 * work are given out again, the ones with the fewest workers first, and the first answer counts. A slow or dead
 * worker so costs one portion, not its share of the batch. Each worker has one portion at a time; one that is still at
 * work for a past evaluation takes part again when it answers.
 *
 * f is summed by the fixed tree of `ReductionTree` over the portions, so that who did which changes no bit. Memory:
 * O(portions + workers).
 *
 * Source: Dean et al. 2012, section 4.2, on load balancing and backup tasks.
 */
export function createPortions(
  workers: readonly WorkerPort[],
  portions: number,
  { patience, signal }: PortionOptions = {},
): Portions {
  if (workers.length === 0) throw new RangeError('createPortions: workers must be at least one, got none')
  if (!(Number.isSafeInteger(portions) && portions >= 1)) {
    throw new RangeError(`createPortions: portions must be a whole number in [1, ∞), got ${portions}`)
  }
  const states: WorkerState[] = workers.map(() => 'free')
  let run: Run | undefined
  let lastCause: unknown
  /** Answers so far, to see whether any came while one was patient. */
  let answers = 0
  let watching = false

  function choose({ fresh, returned, out }: Run): number | undefined {
    if (returned.length > 0) return returned.shift()
    if (fresh < portions) return fresh
    let chosen: number | undefined
    let fewest = Number.POSITIVE_INFINITY
    for (const [portion, count] of out) {
      if (count >= fewest) continue
      fewest = count
      chosen = portion
    }
    return chosen
  }

  function hand(worker: number): void {
    if (run === undefined) return
    const portion = choose(run)
    if (portion === undefined) return
    if (portion === run.fresh) run.fresh++
    run.out.set(portion, (run.out.get(portion) ?? 0) + 1)
    states[worker] = 'busy'
    const { evaluation } = run
    ask(worker, evaluation, portion).then(
      (f) => answered(worker, evaluation, portion, f),
      (cause) => lost(worker, evaluation, portion, cause),
    )
  }

  /** What is thrown at once is a rejection too. */
  async function ask(worker: number, evaluation: number, portion: number): Promise<number | undefined> {
    return workers[worker].evaluate(evaluation, portion)
  }

  function answered(worker: number, evaluation: number, portion: number, f: number | undefined): void {
    answers++
    if (run?.evaluation === evaluation && !run.sum.has(portion)) {
      if (f === undefined) {
        const cause = new Error(
          `worker ${worker} takes evaluation ${evaluation}, which is under way, for over`,
        )
        lost(worker, evaluation, portion, cause)
        return
      }
      run.out.delete(portion)
      run.sum.put(portion, f)
      if (run.sum.missing === 0) run.settle(run.sum.sum)
    }
    states[worker] = 'free'
    hand(worker)
  }

  function lost(worker: number, evaluation: number, portion: number, cause: unknown): void {
    answers++
    lastCause = cause
    states[worker] = 'lost'
    if (run === undefined) return
    if (run.evaluation === evaluation && !run.sum.has(portion)) {
      const others = (run.out.get(portion) ?? 0) - 1
      if (others > 0) run.out.set(portion, others)
      else {
        run.out.delete(portion)
        run.returned.push(portion)
      }
    }
    if (states.every((state) => state === 'lost')) endAsLost(run, cause)
  }

  function endAsLost({ evaluation, sum, settle }: Run, cause: unknown): void {
    const { missing } = sum
    settle(new WorkersLostError({ workers: workers.length, evaluation, portions, missing, cause }))
  }

  /** One wait at a time, also over several evaluations. A worker that is not lost is busy while portions are missing. */
  function watch(): void {
    if (patience === undefined || watching || run === undefined) return
    watching = true
    const before = answers
    const watched = run
    const look = (): void => {
      watching = false
      if (run === watched && answers === before)
        endAsLost(run, new Error('no answer came in the time to wait'))
      watch()
    }
    patience().then(look, look)
  }

  function evaluate(evaluation: number): Promise<number | undefined> {
    return new Promise((resolve, reject) => {
      const abort = (): void => current.settle(undefined)
      const current: Run = {
        evaluation,
        sum: createReductionTree(portions, (left: number, right: number) => left + right),
        fresh: 0,
        returned: [],
        out: new Map(),
        settle(f) {
          run = undefined
          signal?.removeEventListener('abort', abort)
          if (f instanceof WorkersLostError) reject(f)
          else resolve(f)
        },
      }
      run = current
      if (signal?.aborted) return abort()
      signal?.addEventListener('abort', abort)
      if (states.every((state) => state === 'lost')) return endAsLost(current, lastCause)
      states.forEach((state, worker) => {
        if (state === 'free') hand(worker)
      })
      watch()
    })
  }

  return { evaluate }
}
