import type { Stream } from './streams.ts'

/** Which samples make up each batch. */
export interface Sampler {
  readonly stepsPerEpoch: number
  /** The sizes that batches have. */
  readonly batchSizes: readonly number[]
  /** How many samples the step's batch has. Steps count from 0. */
  batchSize(step: number): number
  /** Writes the samples of the step's batch. Steps are asked for in order. */
  fill(step: number, indices: Int32Array): void
  save(): readonly number[]
  /** Continues as if all steps before `step` had been asked for. */
  restore(state: readonly number[], step: number): void
}

/**
 * shuffle: every sample once an epoch, in an order drawn at its start; the last batch of an epoch may be smaller.
 * replacement: every batch drawn uniformly from all samples; an epoch is as many whole batches as fit.
 */
export function createSampler(
  sampling: 'shuffle' | 'replacement',
  samples: number,
  batchSize: number,
  stream: Stream,
): Sampler {
  return sampling === 'shuffle'
    ? shuffle(samples, batchSize, stream)
    : replacement(samples, batchSize, stream)
}

function replacement(samples: number, batchSize: number, stream: Stream): Sampler {
  return {
    stepsPerEpoch: Math.max(1, Math.floor(samples / batchSize)),
    batchSizes: [batchSize],
    batchSize: () => batchSize,
    fill(_step, indices) {
      for (let index = 0; index < batchSize; index++) indices[index] = stream.below(samples)
    },
    save: () => stream.save(),
    restore: (state) => stream.restore(state),
  }
}

/** A permutation of 0 .. length - 1: Fisher-Yates, always from the identity, so that it depends on the stream alone. */
export function drawOrder(order: Int32Array, stream: Stream): void {
  for (let index = 0; index < order.length; index++) order[index] = index
  for (let index = order.length - 1; index > 0; index--) {
    const other = stream.below(index + 1)
    const held = order[index]
    order[index] = order[other]
    order[other] = held
  }
}

function shuffle(samples: number, batchSize: number, stream: Stream): Sampler {
  const order = new Int32Array(samples)
  const stepsPerEpoch = Math.ceil(samples / batchSize)
  // The stream as it was when this epoch's order was drawn: enough to draw it again.
  let epochStart = stream.save()

  function draw(): void {
    epochStart = stream.save()
    drawOrder(order, stream)
  }

  return {
    stepsPerEpoch,
    batchSizes: [...new Set([batchSize, samples - (stepsPerEpoch - 1) * batchSize])],
    batchSize: (step) => Math.min(batchSize, samples - (step % stepsPerEpoch) * batchSize),
    fill(step, indices) {
      const position = step % stepsPerEpoch
      if (position === 0) draw()
      const start = position * batchSize
      const end = Math.min(start + batchSize, samples)
      for (let index = start; index < end; index++) indices[index - start] = order[index]
    },
    save: () => epochStart,
    restore(state, step) {
      stream.restore(state)
      // At an epoch's boundary the saved stream drew the order that is used up; the next one follows it.
      if (step > 0) draw()
    },
  }
}
