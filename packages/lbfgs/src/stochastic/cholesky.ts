/**
 * A = L L' of a symmetric positive definite matrix, in place.
 *
 * Shapes: matrix [n, n] row-major with `stride` numbers a row; the lower triangle is read and becomes L, the upper is
 * untouched. False if a pivot is not above 0 (or is not a number): then the matrix is spoiled.
 */
export function choleskyFactor(matrix: Float64Array, n: number, stride: number): boolean {
  for (let i = 0; i < n; i++) {
    const row = i * stride
    for (let j = 0; j <= i; j++) {
      const other = j * stride
      let sum = matrix[row + j]
      for (let k = 0; k < j; k++) sum -= matrix[row + k] * matrix[other + k]
      if (j < i) {
        matrix[row + j] = sum / matrix[other + j]
      } else {
        if (!(sum > 0)) return false
        matrix[row + i] = Math.sqrt(sum)
      }
    }
  }
  return true
}

/** b <- L^-1 b. */
export function solveLower(factor: Float64Array, n: number, stride: number, b: Float64Array): void {
  for (let i = 0; i < n; i++) {
    const row = i * stride
    let sum = b[i]
    for (let k = 0; k < i; k++) sum -= factor[row + k] * b[k]
    b[i] = sum / factor[row + i]
  }
}

/** b <- L'^-1 b. */
export function solveLowerTransposed(factor: Float64Array, n: number, stride: number, b: Float64Array): void {
  for (let i = n - 1; i >= 0; i--) {
    const row = i * stride
    const value = b[i] / factor[row + i]
    b[i] = value
    for (let k = 0; k < i; k++) b[k] -= factor[row + k] * value
  }
}
