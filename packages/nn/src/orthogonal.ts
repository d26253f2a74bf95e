/**
 * A random matrix [rows, columns] with orthonormal columns, or rows if they are fewer; every such matrix is as likely.
 *
 *   A = Q R by Householder's reflections, A ~ N(0, 1),  the result is Q with the signs of R's diagonal
 *
 * `normal()` draws A, row by row. Sources: Saxe et al. 2014, arXiv:1312.6120; the signs: Mezzadri 2007, arXiv:math-ph/0609050.
 */
export function orthogonal(rows: number, columns: number, normal: () => number): Float64Array {
  const drawn = Float64Array.from({ length: rows * columns }, normal)
  const tall = rows >= columns
  // One vector after another: the columns of a tall matrix, the rows of a wide one.
  const [count, length] = tall ? [columns, rows] : [rows, columns]
  const at = (vector: number, place: number): number =>
    tall ? place * columns + vector : vector * columns + place
  const vectors = Array.from({ length: count }, (_, vector) =>
    Float64Array.from({ length }, (_, place) => drawn[at(vector, place)]),
  )
  for (const [vector, values] of orthonormalized(vectors).entries()) {
    for (let place = 0; place < length; place++) drawn[at(vector, place)] = values[place]
  }
  return drawn
}

/** Q of the matrix whose columns are these vectors, which are overwritten; R's diagonal is made positive. */
function orthonormalized(vectors: readonly Float64Array[]): Float64Array[] {
  const signs = vectors.map((vector, k) => {
    const sign = reflector(vector, k)
    for (const other of vectors.slice(k + 1)) reflect(other, vector, k)
    return sign
  })
  // Q = H_1 … H_n I, from the last reflection to the first: each changes only what comes after its own place.
  const columns = vectors.map((vector, k) => {
    const column = new Float64Array(vector.length)
    column[k] = signs[k]
    return column
  })
  for (let k = vectors.length - 1; k >= 0; k--) {
    for (const column of columns.slice(k)) reflect(column, vectors[k], k)
  }
  return columns
}

/**
 * Makes of x, from place k on, the v of the reflection H = I - v v^T that takes x to (±|x|, 0, …, 0); returns the sign.
 * The sign is the one with which nothing cancels.
 */
function reflector(x: Float64Array, k: number): number {
  const sign = x[k] > 0 ? -1 : 1
  const norm = Math.sqrt(dot(x, x, k))
  x[k] -= sign * norm
  const square = dot(x, x, k)
  const scale = square === 0 ? 0 : Math.sqrt(2 / square)
  for (let place = k; place < x.length; place++) x[place] *= scale
  return sign
}

/** x <- x - v (v . x), from place k on. */
function reflect(x: Float64Array, v: Float64Array, k: number): void {
  const factor = dot(v, x, k)
  for (let place = k; place < x.length; place++) x[place] -= factor * v[place]
}

function dot(x: Float64Array, y: Float64Array, k: number): number {
  let sum = 0
  for (let place = k; place < x.length; place++) sum += x[place] * y[place]
  return sum
}
