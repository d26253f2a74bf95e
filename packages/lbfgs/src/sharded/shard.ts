import { arraySpace } from '../array-space.ts'
import type { Vector } from '../vector.ts'
import type { Reply, VectorSpace } from '../vector-space.ts'
import { type ShardOperation, type ShardPort, type SlicePort, startHandle } from './ports.ts'
import { createReductionTree, type ReductionTree } from './reduction-tree.ts'

/** One shard: the same slice of every vector of a minimisation, and the sum of the workers' gradients over it. */
export interface Shard extends ShardPort, SlicePort {
  /** The slice of x0: zeros, to be filled before the minimisation unless that is given an x0. */
  readonly start: Vector
  run(operations: readonly ShardOperation[]): Float64Array
  read(vector: number): Vector
  write(vector: number, values: Vector): void
  fetch(evaluation: number): Vector | undefined
  add(evaluation: number, portion: number, slice: Vector): boolean
}

/**
 * The shard's side of Sandblaster L-BFGS: `length` coordinates, from 0, of plain f64 or f32 arrays.
 *
 * The gradients of the portions are added by a fixed binary tree over the portions' numbers (see `ReductionTree`), so that
 * the sum has the same bits whichever worker did which portion and whoever came first. Summing what each worker has
 * accumulated, as in the paper, would bring a few W gradients for P of them, but its bits would change with every delay.
 * The price: P length numbers received an evaluation (and as many again for each backup), and memory for at most
 * (W + 1) log2(P) slices of partial sums.
 */
export function createShard(length: number, precision: 'f64' | 'f32' = 'f64'): Shard {
  if (precision === 'f32') return shardOf(arraySpace(length, 'f32'), length)
  return shardOf(arraySpace(length, precision), length)
}

interface Evaluation<A> {
  readonly x: A
  readonly sum: ReductionTree<A>
}

function shardOf<A extends Vector>(space: VectorSpace<A>, length: number): Shard {
  const start = space.create()
  const vectors = new Map<number, A>([[startHandle, start]])
  /** Slices to be used again for partial sums. */
  const spare: A[] = []
  const ones = new Float64Array([1, 1])
  let evaluation = 0
  let open: Evaluation<A> | undefined

  function vectorOf(handle: number): A {
    const vector = vectors.get(handle)
    if (vector === undefined) throw new RangeError(`shard: there is no vector ${handle}`)
    return vector
  }

  function addSlices(left: A, right: A): A {
    now(space.combine(ones, [left, right], 2, left))
    spare.push(right)
    return left
  }

  function checkLength(name: string, values: Vector): void {
    if (values.length !== length) {
      throw new RangeError(`shard: ${name} must have length ${length}, got ${values.length}`)
    }
  }

  function begin(): number[] {
    vectors.clear()
    vectors.set(startHandle, start)
    spare.length = 0
    open = undefined
    return [length, space.epsilon, evaluation]
  }

  function close(which: number, gradient: A): void {
    if (open === undefined || which !== evaluation) throw new Error(`shard: evaluation ${which} is not open`)
    const { sum, missing } = open.sum
    if (sum === undefined) throw new Error(`shard: evaluation ${which} lacks ${missing} portions`)
    space.copy(sum, gradient)
    spare.push(sum)
    open = undefined
  }

  function perform(operation: ShardOperation): ArrayLike<number> {
    switch (operation.kind) {
      case 'begin':
        return begin()
      case 'create':
        vectors.set(operation.vector, space.create())
        return []
      case 'copy':
        space.copy(vectorOf(operation.from), vectorOf(operation.to))
        return []
      case 'combine': {
        const { coefficients, out } = operation
        const terms = operation.vectors.map(vectorOf)
        space.combine(new Float64Array(coefficients), terms, terms.length, vectorOf(out))
        return []
      }
      case 'products': {
        const terms = operation.vectors.map(vectorOf)
        const out = new Float64Array(2 * terms.length)
        now(space.products(terms, terms.length, vectorOf(operation.a), vectorOf(operation.b), out))
        return out
      }
      case 'measure': {
        const out = new Float64Array(2)
        now(space.measure(vectorOf(operation.a), vectorOf(operation.b), out))
        return out
      }
      case 'open':
        evaluation = operation.evaluation
        open = { x: vectorOf(operation.x), sum: createReductionTree(operation.portions, addSlices) }
        return []
      case 'close':
        close(operation.evaluation, vectorOf(operation.gradient))
        return []
    }
  }

  return {
    start,
    run(operations) {
      const answers: number[] = []
      for (const operation of operations) answers.push(...Array.from(perform(operation)))
      return Float64Array.from(answers)
    },
    read: (vector) => vectorOf(vector).slice(),
    write(vector, values) {
      checkLength('values', values)
      vectorOf(vector).set(values)
    },
    fetch: (which) => (which === evaluation ? open?.x.slice() : undefined),
    add(which, portion, slice) {
      checkLength('slice', slice)
      if (open === undefined || which !== evaluation) return false
      if (open.sum.has(portion)) return true
      const kept = spare.pop() ?? space.create()
      kept.set(slice)
      open.sum.put(portion, kept)
      return true
    },
  }
}

/** Arrays answer at once. */
function now(reply: Reply): void {
  if (reply !== undefined) throw new TypeError('shard: its own vectors must answer at once')
}
