import { createPauses } from './event-loop.ts'
import type { Predictor } from './predictor.ts'
import type { Samples } from './samples.ts'

/** Samples that are read at a time. */
const blockRows = 1024

/**
 * What a predictor says of all samples of a part, which are as they were read: probabilities [samples, classes]. Messages are
 * read in between.
 */
export async function predictSamples(
  { classes, features, predict }: Predictor,
  part: Samples,
  options: { readonly temperature?: number } = {},
): Promise<Float64Array> {
  const predictions = new Float64Array(part.samples * classes)
  const indices = new Int32Array(blockRows)
  const block = new Float32Array(blockRows * features)
  const pause = createPauses()
  for (let first = 0; first < part.samples; first += blockRows) {
    const rows = Math.min(blockRows, part.samples - first)
    for (let row = 0; row < rows; row++) indices[row] = first + row
    await part.read(indices, rows, block)
    predictions.set(predict(block.subarray(0, rows * features), options), first * classes)
    await pause()
  }
  return predictions
}
