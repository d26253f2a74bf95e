/** Points and gradients, in either precision. */
export type Vector = Float64Array | Float32Array

/** A smooth function to minimise, from a standard start. */
export interface Problem {
  readonly name: string
  /** [n]; not to be changed. */
  readonly start: Float64Array
  /** Known local minimum values, the global one first; empty where none is known for the size. */
  readonly minima: readonly number[]
  /** f(x), and its gradient written to `gradient`; f64 inside, whatever the arrays. Keeps neither array. */
  evaluate(x: Vector, gradient: Vector): number
}

/** f(x) in f64, its gradient added to `gradient`, which is zero before. */
export type Evaluate = (x: Float64Array, gradient: Float64Array) => number

export interface Description {
  readonly name: string
  readonly start: Readonly<ArrayLike<number>>
  readonly minima: readonly number[]
}

/** A problem from a function in f64; f32 arrays are staged in buffers that the problem owns. */
export function defineProblem({ name, start, minima }: Description, evaluate: Evaluate): Problem {
  const n = start.length
  const staged = { x: new Float64Array(0), gradient: new Float64Array(0) }
  const stage = (key: 'x' | 'gradient'): Float64Array => {
    if (staged[key].length !== n) staged[key] = new Float64Array(n)
    return staged[key]
  }
  return {
    name,
    start: Float64Array.from(start),
    minima,
    evaluate(x, gradient) {
      checkLength(name, 'x', x, n)
      checkLength(name, 'gradient', gradient, n)
      let point = x
      if (!(point instanceof Float64Array)) {
        point = stage('x')
        point.set(x)
      }
      const slopes = gradient instanceof Float64Array ? gradient : stage('gradient')
      slopes.fill(0)
      const f = evaluate(point, slopes)
      if (slopes !== gradient) gradient.set(slopes)
      return f
    },
  }
}

function checkLength(name: string, parameter: string, { length }: Vector, n: number): void {
  if (length !== n) throw new RangeError(`${name}: ${parameter} must have length ${n}, got ${length}`)
}

/** Throws unless `value` is a whole number in [`least`, `most`] and a multiple of `of`. */
export function checkSize(
  name: string,
  parameter: 'n' | 'm',
  value: number,
  { least, most = Number.POSITIVE_INFINITY, of = 1 }: { least: number; most?: number; of?: number },
): void {
  if (Number.isInteger(value) && value >= least && value <= most && value % of === 0) return
  const range = most === Number.POSITIVE_INFINITY ? `[${least}, ∞)` : `[${least}, ${most}]`
  const kind = of === 1 ? 'a whole number' : `a multiple of ${of}`
  throw new RangeError(`${name}: ${parameter} must be ${kind} in ${range}, got ${value}`)
}
