/**
 * The next of 2^32 states of a generator, all of whose memory is that one whole number, and the number in [0, 1) drawn
 * from it: a counter of odd stride, its bits mixed. Good for choices, not for statistics or secrets.
 *
 * Source: Steele, Lea & Flood 2014, "Fast splittable pseudorandom number generators", with the 32-bit mixer
 * of Chris Wellons' hash search ("lowbias32").
 */
export function nextState(state: number): number {
  return (state + 0x9e3779b9) >>> 0
}

export function drawn(state: number): number {
  let bits = state
  bits = Math.imul(bits ^ (bits >>> 16), 0x7feb352d)
  bits = Math.imul(bits ^ (bits >>> 15), 0x846ca68b)
  return ((bits ^ (bits >>> 16)) >>> 0) / 2 ** 32
}
