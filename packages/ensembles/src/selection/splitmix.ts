/**
 * Numbers in [0, 1), repeatable: a counter of odd stride, its bits mixed. All its memory is one whole number of 32 bits.
 *
 * Source: Steele, Lea & Flood 2014, "Fast splittable pseudorandom number generators", with the 32-bit mixer of Chris
 * Wellons' hash search ("lowbias32").
 */
export function splitmix(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x9e3779b9) >>> 0
    let bits = state
    bits = Math.imul(bits ^ (bits >>> 16), 0x7feb352d)
    bits = Math.imul(bits ^ (bits >>> 15), 0x846ca68b)
    return ((bits ^ (bits >>> 16)) >>> 0) / 2 ** 32
  }
}
