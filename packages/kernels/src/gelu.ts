import type { Local } from './assembler/index.ts'
import { elementWise } from './element-wise.ts'
import { type Emit, get, set } from './emit.ts'
import { expOfNegative, expPlaces } from './exp.ts'
import { type Kernel, once } from './kernel.ts'
import type { Lanes, Precision } from './lanes.ts'
import { largestTail, tailOverDensity, tailPlaces } from './normal-tail.ts'

/** Phi itself, or the sigmoid that comes near it. */
export type GeluApproximation = 'none' | 'tanh'

/** Places for intermediate values: a, two, and those of the exponential, which those of the tail may take after it. */
const temporaries = 3 + Math.max(expPlaces, tailPlaces)

/**
 * The part of the function that is not linear, for a = |x|: both halves of the plane follow from it.
 *
 *   y = max(x, 0) - a tail(a),  f'(x) = slope(a) where x <= 0, else 1 - slope(a),  slope = tail - a |tail'|
 */
interface Half {
  readonly tail: (lanes: Lanes, a: Local, places: readonly Local[]) => Emit
  readonly slope: (lanes: Lanes, a: Local, places: readonly Local[]) => Emit
}

/** tail = 1 - Phi(a),  |tail'| = e^(-a^2 / 2) / sqrt(2 pi) */
const exact: Half = {
  tail: (lanes, a, [e, ...places]) => {
    return () => {
      set(e, bell(lanes, a, places))
      lanes.mul(get(e), tailOverDensity(lanes, a, places))()
    }
  },
  slope: (lanes, a, [e, ...places]) => {
    const density = lanes.constant(1 / Math.sqrt(2 * Math.PI))
    return () => {
      set(e, bell(lanes, a, places))
      const over = lanes.sub(tailOverDensity(lanes, a, places), lanes.mul(get(a), density))
      lanes.mul(get(e), over)()
    }
  },
}

/** e^(-a^2 / 2) */
function bell(lanes: Lanes, a: Local, places: readonly Local[]): Emit {
  const exponent = lanes.mul(lanes.mul(get(a), get(a)), lanes.constant(-0.5))
  return expOfNegative(lanes, exponent, places)
}

const linear = 2 * Math.sqrt(2 / Math.PI)
const cubic = 0.044715 * linear

/** tail = e / (1 + e), e = e^-b, b = 2 sqrt(2 / pi) (a + 0.044715 a^3),  |tail'| = b' tail / (1 + e) */
const byTanh: Half = {
  tail: (lanes, a, [e, ...places]) => {
    return () => {
      set(e, exponential(lanes, a, places))
      lanes.div(get(e), lanes.add(lanes.constant(1), get(e)))()
    }
  },
  slope: (lanes, a, [e, p, ...places]) => {
    const slopeOfB = lanes.add(
      lanes.constant(linear),
      lanes.mul(lanes.constant(3 * cubic), lanes.mul(get(a), get(a))),
    )
    return () => {
      set(e, exponential(lanes, a, places))
      set(p, lanes.div(lanes.constant(1), lanes.add(lanes.constant(1), get(e))))
      lanes.mul(
        lanes.mul(get(e), get(p)),
        lanes.sub(lanes.constant(1), lanes.mul(lanes.mul(get(a), get(p)), slopeOfB)),
      )()
    }
  },
}

function exponential(lanes: Lanes, a: Local, places: readonly Local[]): Emit {
  const factor = lanes.add(
    lanes.constant(-linear),
    lanes.mul(lanes.constant(-cubic), lanes.mul(get(a), get(a))),
  )
  return expOfNegative(lanes, lanes.mul(get(a), factor), places)
}

const halves: Readonly<Record<GeluApproximation, Half>> = { none: exact, tanh: byTanh }

/** a = |x|, but no larger than where the tail is next to nothing: so is a tail(a), also for infinite x. */
function magnitude(lanes: Lanes, x: Emit): Emit {
  const largest = largestTail[lanes.elementBytes === 4 ? 'f32' : 'f64']
  return lanes.min(lanes.abs(x), lanes.constant(largest))
}

/**
 * `(count, -, x, y)`: y = x Phi(x), Phi the distribution function of N(0, 1); or y = x sigmoid(2 sqrt(2 / pi) (x + 0.044715 x^3)),
 * which is its approximation by tanh.
 *
 * Within (4 + x^2 / 2) ulp, or (4 + |b(x)|) by tanh, until the result is all but 0: below x = -13 (f32) or -37 (f64) it
 * stays what it is there. Source: Hendrycks & Gimpel 2016, arXiv:1606.08415.
 */
export const gelu = once((precision: Precision, approximation: GeluApproximation): Kernel => {
  const { tail } = halves[approximation]
  return elementWise({
    name: `gelu(${approximation})`,
    precision,
    arrays: 2,
    scalars: 0,
    temporaries,
    keepsConstants: true,
    body: (lanes, [x, y], _scalars, [a, ...places]) => {
      set(a, magnitude(lanes, lanes.load(x)))
      const linearPart = lanes.max(lanes.load(x), lanes.constant(0))
      lanes.store(y, lanes.sub(linearPart, lanes.mul(get(a), tail(lanes, a, places))))
    },
  })
})

/** `(count, -, x, dy, dx)`: dx = dy f'(x); dx may lie where dy does. */
export const geluBackward = once((precision: Precision, approximation: GeluApproximation): Kernel => {
  const { slope } = halves[approximation]
  return elementWise({
    name: `geluBackward(${approximation})`,
    precision,
    arrays: 3,
    scalars: 0,
    temporaries,
    keepsConstants: true,
    body: (lanes, [x, dy, dx], _scalars, [a, ...places]) => {
      set(a, magnitude(lanes, lanes.load(x)))
      set(a, slope(lanes, a, places))
      const derivative = lanes.choose(
        '>',
        lanes.load(x),
        lanes.constant(0),
        lanes.sub(lanes.constant(1), get(a)),
        get(a),
      )
      lanes.store(dx, lanes.mul(lanes.load(dy), derivative))
    },
  })
})
