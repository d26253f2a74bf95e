/**
 * Sums are taken in blocks of so many numbers, each in two parts (even and odd places), and added block by block; while
 * a block is worked on, it stays in the first-level cache. Even. SIMD vectors sum in the same order, to the same bits.
 */
export const blockLength = 1024
