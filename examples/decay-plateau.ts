/**
 * Why the rate is lowered when the loss stops falling: on a noisy gradient the plateau is as high as the rate.
 *
 * With the gradient x + noise of variance 1 the iterate does not come to rest at 0 but wanders about it, with variance
 *
 *   sgd:       alpha / (2 - alpha)
 *   momentum:  (1 + mu) alpha / ((1 - mu) (2 (1 + mu) - alpha))
 *
 * Source: the stationary second moments of the two linear recurrences, solved for Var x.
 */
import { momentum, type Optimizer, sgd } from '@thalweg/optimizers'
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { compare } from './support/comparison.ts'

// The same problem many times over, as one vector: one step moves all copies, each with noise of its own.
const copies = 1000
const settlingSteps = 1000
const measuredSteps = 4000

const generator = xoroshiro128plus(1)

/** A standard normal number: Box & Muller 1958. */
function normal(): number {
  const radius = Math.sqrt(-2 * Math.log(1 - uniformFloat64(generator)))
  return radius * Math.cos(2 * Math.PI * uniformFloat64(generator))
}

/** The variance of x on the plateau of each rate, one after the other. */
function plateaus(optimizer: Optimizer, rates: readonly number[]): number[] {
  const [x, gradient] = [new Float64Array(copies), new Float64Array(copies)]
  const state = optimizer.init(x)
  return rates.map((learningRate) => {
    let sum = 0
    for (let step = 0; step < settlingSteps + measuredSteps; step++) {
      for (let index = 0; index < copies; index++) gradient[index] = x[index] + normal()
      optimizer.step(x, gradient, state, { learningRate })
      if (step >= settlingSteps) sum += x.reduce((total, value) => total + value ** 2, 0)
    }
    return sum / (copies * measuredSteps)
  })
}

const ofSgd = (alpha: number): number => alpha / (2 - alpha)
const ofMomentum = (alpha: number, mu: number): number =>
  ((1 + mu) * alpha) / ((1 - mu) * (2 * (1 + mu) - alpha))

/** The slowest plateau gives some 40 000 independent samples: their variance is known to .7 %, one standard error. */
const relativeTolerance = 0.03

const [high, low] = plateaus(sgd(), [0.1, 0.01])
const [withMomentum] = plateaus(momentum({ momentum: 0.9 }), [0.01])
const figures = [
  { what: 'sgd at .1: variance of x', expected: ofSgd(0.1), measured: high },
  { what: 'sgd at .01, continued', expected: ofSgd(0.01), measured: low },
  { what: 'the plateau falls by a factor of', expected: ofSgd(0.1) / ofSgd(0.01), measured: high / low },
  { what: 'momentum .9 at .01', expected: ofMomentum(0.01, 0.9), measured: withMomentum },
]
compare(
  figures.map((figure) => ({
    ...figure,
    tolerance: Number((relativeTolerance * figure.expected).toPrecision(2)),
  })),
)
