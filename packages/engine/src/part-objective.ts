import { setImmediate } from 'node:timers/promises'
import { createBatchObjective } from './batch-objective.ts'
import type { MethodParts } from './method.ts'

/** The mean loss over fixed parts of the training samples: the same function of the weights every time. */
export interface PartObjective {
  /** Writes the gradient over a part to `into`, summed in f64, and resolves to the mean loss, penalty included. */
  evaluate(part: number, into: Float64Array): Promise<number>
  /** The samples of a part as a fraction of all. */
  share(part: number): number
}

/** How long an evaluation may keep messages from being read. */
const yieldEveryMs = 30

/**
 * Parts are neighbours in `order`, all samples by default in their own, and as equal in length as can be. Each is computed
 * in chunks of at most `batchSize` samples, from the first to the last.
 */
export function createPartObjective(
  parts: MethodParts,
  { count, order }: { readonly count: number; readonly order?: Int32Array },
): PartObjective {
  const { document, weights, input, batchSize, samples, streams } = parts
  const { l2 = 0 } = document
  const { dropout } = streams
  const lengths = [Math.floor(samples / count), Math.ceil(samples / count)]
  const batchSizes = new Set(
    lengths.flatMap((length) => [Math.min(batchSize, length), length % batchSize]).filter((rows) => rows > 0),
  )
  const objective = createBatchObjective({ ...parts, batchSizes: [...batchSizes], l2, dropout })
  const starts = Array.from({ length: count + 1 }, (_, part) => Math.floor((part * samples) / count))

  return {
    share: (part) => (starts[part + 1] - starts[part]) / samples,
    async evaluate(part, into) {
      const [start, end] = [starts[part], starts[part + 1]]
      let loss = 0
      into.fill(0)
      let yieldedAt = performance.now()
      for (let first = start; first < end; first += batchSize) {
        const rows = Math.min(batchSize, end - first)
        for (let row = 0; row < rows; row++) input.indices[row] = order?.[first + row] ?? first + row
        await input.prepare(rows)
        const share = rows / (end - start)
        loss += share * objective.evaluate(rows)
        accumulate(share, weights.gradient, into)
        if (performance.now() - yieldedAt < yieldEveryMs) continue
        await setImmediate()
        yieldedAt = performance.now()
      }
      return loss
    },
  }
}

/** into += share * gradient */
function accumulate(share: number, gradient: Float32Array | Float64Array, into: Float64Array): void {
  for (let index = 0; index < into.length; index++) into[index] += share * gradient[index]
}
