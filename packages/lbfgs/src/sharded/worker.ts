import type { Vector } from '../vector.ts'
import type { Answer, SlicePort, WorkerPort } from './ports.ts'

/**
 * f over one portion of the batch at x; writes its gradient, or adds it to the zeros that are there. The sum over all
 * portions is what is minimised. Must not change x, and must give the same bits on every worker.
 */
export type PortionObjective = (portion: number, x: Vector, gradientOut: Vector) => Answer<number>

/**
 * The worker's side of Sandblaster L-BFGS. It fetches the parameters once an evaluation, each slice from its shard,
 * works on one portion at a time, in the order asked, and sends each shard its slice of the portion's gradient. `shards`
 * are in the order of the slices.
 */
export function createWorker(shards: readonly SlicePort[], objective: PortionObjective): WorkerPort {
  let memory: Memory | undefined
  let held = Number.NaN
  let last: Promise<unknown> = Promise.resolve()

  async function fetchParameters(evaluation: number): Promise<Memory | undefined> {
    if (memory && evaluation === held) return memory
    const answers = await Promise.all(shards.map((shard) => shard.fetch(evaluation)))
    const slices = answers.filter((slice) => slice !== undefined)
    if (slices.length < shards.length) return undefined
    memory ??= createMemory(slices)
    const { x, offsets } = memory
    for (const [k, slice] of slices.entries()) x.set(slice, offsets[k])
    held = evaluation
    return memory
  }

  async function work(evaluation: number, portion: number): Promise<number | undefined> {
    const fetched = await fetchParameters(evaluation)
    if (fetched === undefined) return undefined
    const { x, gradient, offsets } = fetched
    gradient.fill(0)
    const f = await objective(portion, x, gradient)
    const taken = await Promise.all(
      shards.map((shard, k) => shard.add(evaluation, portion, gradient.slice(offsets[k], offsets[k + 1]))),
    )
    return taken.every((each) => each) ? f : undefined
  }

  return {
    evaluate(evaluation, portion) {
      const next = last.then(() => work(evaluation, portion))
      last = next.catch(() => {})
      return next
    },
  }
}

interface Memory {
  readonly x: Vector
  readonly gradient: Vector
  /** Where each slice begins, and n. */
  readonly offsets: readonly number[]
}

function createMemory(slices: readonly Vector[]): Memory {
  const offsets = [0]
  for (const { length } of slices) offsets.push(offsets[offsets.length - 1] + length)
  const n = offsets[slices.length]
  if (slices[0] instanceof Float32Array)
    return { x: new Float32Array(n), gradient: new Float32Array(n), offsets }
  return { x: new Float64Array(n), gradient: new Float64Array(n), offsets }
}
