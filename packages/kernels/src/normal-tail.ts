import type { Local } from './assembler/index.ts'
import { type Emit, get, set } from './emit.ts'
import type { Lanes, Precision } from './lanes.ts'
import { polynomial, powersFor } from './polynomial.ts'

/** The largest number that `tailOverDensity` takes; there 1 - Phi is still a normal number, and beyond it all but 0. */
export const largestTail: Readonly<Record<Precision, number>> = { f32: 13, f64: 37 }

/** Powers of s in (x + 4) (1 - Phi(x)) e^(x^2 / 2), interpolated at Chebyshev's points of [0, largestTail] in 50 digits. */
const coefficients: Readonly<Record<Precision, readonly number[]>> = {
  f32: [
    0.7552851376, -0.6078966428, 0.3871367201, -0.1865219905, 0.06040685519, -0.007534081622, -0.003531226238,
    0.001580528864, 0.0002165197531, -0.000113815705,
  ],
  f64: [
    0.7552851304157515, -0.6078966419718917, 0.3871374007422179, -0.18652185795969498, 0.06039657489074711,
    -0.0075401889655496305, -0.0034796923631741582, 0.0016308184409583848, 0.0001333442631919391,
    -0.0002310948081689136, -1.9079177172304135e-6, 3.5144118082109955e-5, 7.151754164071795e-7,
    -5.918655912606709e-6, -6.254645575740078e-7, 1.0192584179508135e-6, 2.640307608511516e-7,
    -1.535059990646437e-7, -7.649596158593516e-8, 1.4000783303672035e-8, 1.3825295294416148e-8,
    2.5922455350850406e-10, -8.917211261058484e-10,
  ],
}

/** Places for intermediate values that `tailOverDensity` needs. */
export const tailPlaces = 2 + powersFor(coefficients.f64.length)

/**
 * The upper tail of the normal distribution over its density, but for the density's constant factor.
 *
 *   (1 - Phi(x)) / e^(-x^2 / 2) = p(s) / (x + 4),  s = (x - 4) / (x + 4),  0 <= x <= largestTail
 *
 * Within 2.5 ulp; NaN gives NaN. One formula for all x, so that lanes need not
 * choose: Shepherd & Laframboise 1981, Chebyshev approximation of (1 + 2x) exp(x^2) erfc x, Math. Comp. 36.
 */
export function tailOverDensity(lanes: Lanes, x: Local, places: readonly Local[]): Emit {
  const four = lanes.constant(4)
  const [reciprocal, s, ...powers] = places
  return () => {
    set(reciprocal, lanes.div(lanes.constant(1), lanes.add(get(x), four)))
    set(s, lanes.mul(lanes.sub(get(x), four), get(reciprocal)))
    const precision = lanes.elementBytes === 4 ? 'f32' : 'f64'
    lanes.mul(get(reciprocal), polynomial(lanes, coefficients[precision], s, powers))()
  }
}
