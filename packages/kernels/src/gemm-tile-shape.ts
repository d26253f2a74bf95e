/** Rows of a tile, and vectors in a row. */
export interface TileShape {
  readonly rows: number
  readonly vectors: number
}

/** The tile of a large product. */
export function largeTile(relaxed: boolean): TileShape {
  return { rows: relaxed ? 6 : 5, vectors: 2 }
}

/**
 * The largest tile for a product of `rows` rows of `vectors` vectors: many sums, so that no addition waits for the one
 * before, which with a step of B, two values of A and two products still fit the 15 vector registers that V8 has on
 * x64. A relaxed product needs no register. One more sum spills, which halves the speed.
 */
export function tileShape(rows: number, vectors: number, relaxed: boolean): TileShape {
  if (vectors === 1) return { rows: relaxed ? 10 : 8, vectors: 1 }
  if (rows === 1) return { rows: 1, vectors: 8 }
  if (rows === 2) return { rows: 2, vectors: 4 }
  if (rows === 3) return { rows: 3, vectors: 3 }
  return largeTile(relaxed)
}
