import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { mersenne } from 'pure-rand/generator/mersenne'
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus'

/** What random numbers are for. Each purpose has a stream of its own, so that more draws for one change no other. */
const purposes = ['data', 'init', 'order', 'evaluation', 'dropout', 'augmentation'] as const
export type Purpose = (typeof purposes)[number]

/** A sequence of random numbers that can be saved and continued. */
export interface Stream {
  /** Uniform in [0, 1), 53 bits. */
  uniform(): number
  /** Normal, mean 0, standard deviation 1 (Box & Muller 1958; the second of each pair is not kept: no hidden state). */
  normal(): number
  /** Uniform among 0 .. count - 1. */
  below(count: number): number
  /** The state, to be given to `restore`. */
  save(): readonly number[]
  restore(state: readonly number[]): void
}

export type Streams = Readonly<Record<Purpose, Stream>>

/**
 * The streams of a run: xoroshiro128+ from one seed, each stream 2^64 draws after the one before, so that they never
 * overlap.
 *
 * The generator is linear in the bits of its state: from states that differ by a few bits it gives correlated numbers
 * for ever. So the state is not made of the seed itself but drawn from a Mersenne twister, which stirs it well.
 */
export function createStreams(seed: number): Streams {
  const stirred = mersenne(seed)
  const generator = xoroshiro128plusFromState(Array.from({ length: 4 }, () => stirred.next()))
  const streams = purposes.map((purpose) => {
    generator.jump()
    return [purpose, createStream(generator.getState())] as const
  })
  return Object.fromEntries(streams) as Record<Purpose, Stream>
}

function createStream(start: readonly number[]): Stream {
  let generator = xoroshiro128plusFromState(start)
  const uniform = (): number => uniformFloat64(generator)
  return {
    uniform,
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
    below: (count) => uniformInt(generator, 0, count - 1),
    save: () => [...generator.getState()],
    restore: (state) => {
      generator = xoroshiro128plusFromState(state)
    },
  }
}
