import { drawn, nextState } from './splitmix.ts'

/**
 * `size` different samples of 0 … count - 1, drawn with equal chances in every order, none of them in `without`; and the
 * state of the generator afterwards. Time and memory O(size + without.length), up to a logarithm.
 *
 * Sources: the first `size` exchanges of the shuffle of Fisher & Yates, on an array of which only the exchanged places are kept.
 */
export function drawSamples(
  state: number,
  count: number,
  size: number,
  without: Uint32Array,
): { readonly samples: Uint32Array; readonly state: number } {
  const samples = new Uint32Array(size)
  const excluded = without.slice().sort()
  const exchanged = new Map<number, number>()
  const left = count - without.length
  let next = state
  for (let place = 0; place < size; place++) {
    next = nextState(next)
    const other = place + Math.floor(drawn(next) * (left - place))
    samples[place] = ranked(exchanged.get(other) ?? other, excluded)
    exchanged.set(other, exchanged.get(place) ?? place)
  }
  return { samples, state: next }
}

/** The number at `rank` among those not in `excluded`, which ascends. */
function ranked(rank: number, excluded: Uint32Array): number {
  let low = 0
  let high = excluded.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (excluded[middle] - middle <= rank) low = middle + 1
    else high = middle
  }
  return rank + low
}
