import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus, xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus'

/** What random numbers are for. Each purpose has a stream of its own, so that more draws for one change no other. */
const purposes = ['data', 'init', 'order', 'evaluation'] as const
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

/**
 * The streams of a run: xoroshiro128+ from one seed, each stream 2^64 draws after the one before, so that they never
 * overlap. The first is jumped to as well: the generator's state right after seeding is mostly the same bits for every
 * seed, and so are its first draws.
 */
export function createStreams(seed: number): Readonly<Record<Purpose, Stream>> {
  const generator = xoroshiro128plus(seed)
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
