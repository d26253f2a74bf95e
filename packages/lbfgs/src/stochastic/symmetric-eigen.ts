/**
 * Eigenvalues, and eigenvectors if wanted, of a small dense symmetric matrix:
 *
 *   A = sum_j values[j] v_j v_j'
 *
 * Householder reflections to tridiagonal form, then implicit QR steps with Wilkinson's shift.
 *
 * Shapes: matrix [n, n] row-major, both triangles, overwritten; values [n], in no order; vectors [n, n], row j = v_j.
 * Absolute error of a value: a few 2^-52 times the largest. A matrix that is not finite gives values that are not.
 * Source: Golub & Van Loan, Matrix Computations, 4th ed., algorithms 8.3.1 to 8.3.3.
 */
export function symmetricEigen(
  matrix: Float64Array,
  n: number,
  values: Float64Array,
  vectors?: Float64Array,
): void {
  const offDiagonal = new Float64Array(n)
  const scales = new Float64Array(n)
  const work = new Float64Array(n)
  for (let k = 0; k + 2 < n; k++) scales[k] = reflect(matrix, n, k, offDiagonal, work)
  if (n > 1) offDiagonal[n - 2] = matrix[(n - 1) * n + n - 2]
  for (let i = 0; i < n; i++) values[i] = matrix[i * n + i]
  if (vectors !== undefined) accumulate(matrix, n, scales, work, vectors)
  diagonalise(values, offDiagonal, n, vectors)
}

/** A <- H A H with H = I - scale v v', which zeroes column k below the subdiagonal; v stays in that column. */
function reflect(
  a: Float64Array,
  n: number,
  k: number,
  offDiagonal: Float64Array,
  work: Float64Array,
): number {
  let largest = 0
  for (let i = k + 1; i < n; i++) largest = Math.max(largest, Math.abs(a[i * n + k]))
  let rest = 0
  for (let i = k + 2; i < n; i++) rest += (a[i * n + k] / largest) ** 2
  const head = a[(k + 1) * n + k]
  if (!(rest > 0)) {
    offDiagonal[k] = head
    return 0
  }
  const length = largest * Math.sqrt((head / largest) ** 2 + rest)
  const alpha = head > 0 ? -length : length
  const v0 = head - alpha
  offDiagonal[k] = alpha
  a[(k + 1) * n + k] = 1
  for (let i = k + 2; i < n; i++) a[i * n + k] /= v0
  const scale = -v0 / alpha

  // A22 <- A22 - v w' - w v', w = p - (scale / 2) (p' v) v, p = scale A22 v.
  let product = 0
  for (let i = k + 1; i < n; i++) {
    let sum = 0
    for (let j = k + 1; j < n; j++) sum += a[i * n + j] * a[j * n + k]
    work[i] = scale * sum
    product += work[i] * a[i * n + k]
  }
  for (let i = k + 1; i < n; i++) work[i] -= 0.5 * scale * product * a[i * n + k]
  for (let i = k + 1; i < n; i++) {
    const vi = a[i * n + k]
    for (let j = k + 1; j < n; j++) a[i * n + j] -= vi * work[j] + work[i] * a[j * n + k]
  }
  return scale
}

/** The transposed product of the reflections, last to first. */
function accumulate(
  a: Float64Array,
  n: number,
  scales: Float64Array,
  v: Float64Array,
  vectors: Float64Array,
): void {
  vectors.fill(0, 0, n * n)
  for (let i = 0; i < n; i++) vectors[i * n + i] = 1
  for (let k = n - 3; k >= 0; k--) {
    if (scales[k] === 0) continue
    for (let i = k + 1; i < n; i++) v[i] = a[i * n + k]
    for (let row = k + 1; row < n; row++) {
      let sum = 0
      for (let j = k + 1; j < n; j++) sum += vectors[row * n + j] * v[j]
      sum *= scales[k]
      for (let j = k + 1; j < n; j++) vectors[row * n + j] -= sum * v[j]
    }
  }
}

/** Far more steps than the two or three that a value takes. */
const stepsPerValue = 50

function diagonalise(d: Float64Array, e: Float64Array, n: number, vectors: Float64Array | undefined): void {
  let high = n - 1
  for (let steps = stepsPerValue * n; high > 0 && steps > 0; steps--) {
    // Written so that NaN counts as small.
    while (
      high > 0 &&
      !(Math.abs(e[high - 1]) > Number.EPSILON * (Math.abs(d[high - 1]) + Math.abs(d[high])))
    ) {
      high--
    }
    let low = high
    while (low > 0 && Math.abs(e[low - 1]) > Number.EPSILON * (Math.abs(d[low - 1]) + Math.abs(d[low]))) low--
    if (low < high) shiftedStep(d, e, low, high, n, vectors)
  }
}

/** One implicit QR step on rows low to high, by a chain of plane rotations. */
function shiftedStep(
  d: Float64Array,
  e: Float64Array,
  low: number,
  high: number,
  n: number,
  vectors: Float64Array | undefined,
): void {
  const half = (d[high - 1] - d[high]) / 2
  const last = e[high - 1]
  const root = Math.hypot(half, last)
  const shift = d[high] - last * (last / (half < 0 ? half - root : half + root))
  let x = d[low] - shift
  let z = e[low]
  for (let k = low; k < high; k++) {
    const r = Math.hypot(x, z)
    const c = r > 0 ? x / r : 1
    const s = r > 0 ? z / r : 0
    if (k > low) e[k - 1] = r
    const upper = d[k]
    const lower = d[k + 1]
    const twice = 2 * c * s * e[k]
    d[k] = c * c * upper + twice + s * s * lower
    d[k + 1] = s * s * upper - twice + c * c * lower
    e[k] = c * s * (lower - upper) + (c * c - s * s) * e[k]
    x = e[k]
    z = s * e[k + 1]
    if (k + 1 < high) e[k + 1] *= c
    if (vectors !== undefined) rotate(vectors, k * n, n, c, s)
  }
}

function rotate(rows: Float64Array, start: number, n: number, c: number, s: number): void {
  for (let j = start; j < start + n; j++) {
    const upper = rows[j]
    const lower = rows[j + n]
    rows[j] = c * upper + s * lower
    rows[j + n] = c * lower - s * upper
  }
}
