import type { Reply, VectorSpace } from '../vector-space.ts'
import type { Answer, ShardOperation, ShardPort } from './ports.ts'

/** Vectors that live in slices on shards; here they are numbers that name them. */
export interface ShardedSpace extends VectorSpace<number> {
  /** Puts an operation that answers nothing in front of the next message. */
  queue(operation: ShardOperation): void
  /** Sends what is queued, and waits until it is done. */
  flush(): Reply
}

/**
 * The vector space of the coordinator: shard k owns the same slice of every vector, and is told what to do with it.
 *
 * Operations without an answer are queued and travel with the next one that answers: an iteration costs as many round
 * trips as it asks for numbers. Inner products are added in the order of `shards`: for the same shards, the same bits,
 * and for one shard those of the array space. `epsilon` is that of the shards' arrays. A message holds a few handles
 * and coefficients per pair of the history, never a coordinate.
 *
 * Source: Dean et al. 2012, "Large scale distributed deep networks", section 4.2.
 */
export function shardedSpace(shards: readonly ShardPort[], epsilon = 2 ** -52): ShardedSpace {
  if (shards.length === 0) throw new RangeError('shardedSpace: shards must be at least one, got none')
  let queued: ShardOperation[] = []
  let handles = 0

  function send(
    last: readonly ShardOperation[],
    size: number,
    take: (answers: ArrayLike<number>[]) => void,
  ): Reply {
    const operations = [...queued, ...last]
    queued = []
    const answers = shards.map((shard) => shard.run(operations))
    const checked = (each: ArrayLike<number>[]): void => {
      checkSizes(each, size)
      take(each)
    }
    if (answers.every(isHere)) return checked(answers)
    return Promise.all(answers).then(checked)
  }

  return {
    epsilon,
    create() {
      handles++
      queued.push({ kind: 'create', vector: handles })
      return handles
    },
    copy(from, to) {
      queued.push({ kind: 'copy', from, to })
    },
    combine(coefficients, vectors, count, out) {
      queued.push({
        kind: 'combine',
        coefficients: Array.from(coefficients.subarray(0, count)),
        vectors: vectors.slice(0, count),
        out,
      })
    },
    products(vectors, count, a, b, out) {
      const size = 2 * count
      return send([{ kind: 'products', vectors: vectors.slice(0, count), a, b }], size, (answers) => {
        for (let i = 0; i < size; i++) out[i] = answers.reduce((sum, answer) => sum + answer[i], 0)
      })
    },
    measure(a, b, out) {
      return send([{ kind: 'measure', a, b }], 2, (answers) => {
        out[0] = answers.reduce((sum, answer) => sum + answer[0], 0)
        // NaN, where there is one, stays.
        out[1] = answers.reduce((most, answer) => Math.max(most, answer[1]), 0)
      })
    },
    queue(operation) {
      queued.push(operation)
    },
    flush() {
      if (queued.length > 0) return send([], 0, () => {})
    },
  }
}

function isHere(answer: Answer<ArrayLike<number>>): answer is ArrayLike<number> {
  return !('then' in answer)
}

function checkSizes(answers: readonly ArrayLike<number>[], size: number): void {
  const wrong = answers.findIndex((answer) => answer.length !== size)
  if (wrong < 0) return
  throw new TypeError(
    `shardedSpace: shard ${wrong} must answer ${size} numbers, got ${answers[wrong].length}`,
  )
}
