/**
 * The gradient of f at x by central differences, one coordinate at a time.
 *
 *   df/dx_i ~ ( f(x + h e_i) - f(x - h e_i) ) / (2 h),  h = 6e-6 max(1, |x_i|)
 *
 * h is about the cube root of the f64 rounding unit, where truncation and rounding errors are equal; about ten digits
 * are right for a smooth f near 1. `x` is changed during the call and put back.
 */
export function finiteDifference(f: () => number, x: Float64Array): Float64Array {
  return x.map((value, index) => {
    const h = 6e-6 * Math.max(1, Math.abs(value))
    x[index] = value + h
    const above = f()
    x[index] = value - h
    const below = f()
    x[index] = value
    return (above - below) / (2 * h)
  })
}
