/**
 * How much too large Adam's steps are without bias correction, on a constant gradient.
 *
 * Moments that start at 0 are too small by 1 - beta^t. Left uncorrected, the step is off by
 *
 *   (1 - beta1^t) / sqrt(1 - beta2^t)
 *
 * which is above 1: the second moment, under the root, warms up last. At the defaults it takes 1751 steps to come within
 * a tenth of the right size.
 * Source: Kingma & Ba 2015, arXiv:1412.6980, section 3.
 */
import { adam, type Optimizer } from '@thalweg/optimizers'
import { compare } from './support/comparison.ts'

const steps = 2000

/** The lengths of the steps on the gradient 1. */
function stepLengths(optimizer: Optimizer): number[] {
  const [parameters, gradient] = [new Float64Array(1), new Float64Array(1).fill(1)]
  const state = optimizer.init(parameters)
  return Array.from({ length: steps }, () => {
    parameters[0] = 0
    optimizer.step(parameters, gradient, state)
    return -parameters[0]
  })
}

// A gradient of 1 lets an epsilon of 1e-16 vanish, of which the equation above knows nothing.
const epsilon = 1e-16
const corrected = stepLengths(adam({ epsilon }))
const uncorrected = stepLengths(adam({ epsilon, biasCorrection: false }))
const ratios = uncorrected.map((length, index) => length / corrected[index])

const at = (t: number, expected: number) => ({
  what: `ratio at t = ${t}`,
  expected,
  measured: ratios[t - 1],
  tolerance: 1e-5,
})
const largest = Math.max(...ratios)
compare([
  at(1, 3.16228),
  at(12, 6.56852),
  at(1000, 1.25758),
  { what: 'largest ratio', expected: 6.56852, measured: largest, tolerance: 1e-5 },
  { what: 'reached at t', expected: 12, measured: ratios.indexOf(largest) + 1, tolerance: 0 },
  {
    what: 'last t with a ratio of 1.1 or more',
    expected: 1750,
    measured: ratios.findLastIndex((ratio) => ratio >= 1.1) + 1,
    tolerance: 0,
  },
])
