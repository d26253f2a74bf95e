/**
 * A convex problem on which Adam goes to the worst point, and AMSGrad to the best.
 *
 *   f_t(x) = 1010 x if t mod 101 = 1, else -10 x;   x in [-1, 1], projected;   alpha_t = 1 / sqrt(t)
 *
 * Over 101 steps the slopes sum to +10, so x = -1 is best. Adam's memory of squared gradients fades before the rare large
 * one comes again: the many small ones are scaled up more than it is, and x drifts to +1.
 * Source: Reddi, Kale & Kumar 2018, "On the Convergence of Adam and Beyond", section 5, figure 1.
 */
import { adam, amsgrad, type Optimizer } from '@thalweg/optimizers'
import { compare } from './support/comparison.ts'

const steps = 200_000
const [beta1, beta2, epsilon] = [0.9, 0.99, 1e-8]

interface Outcome {
  readonly x: number
  /** How much worse than x = -1, a step. */
  readonly averageRegret: number
}

/** Plays the game: `move` gives the next point, before projection. */
function play(steps: number, move: (x: number, gradient: number, t: number) => number): Outcome {
  let [x, regret] = [0, 0]
  for (let t = 1; t <= steps; t++) {
    const gradient = t % 101 === 1 ? 1010 : -10
    regret += gradient * (x - -1)
    x = Math.min(1, Math.max(-1, move(x, gradient, t)))
  }
  return { x, averageRegret: regret / steps }
}

function playWith(optimizer: Optimizer): Outcome {
  const [parameters, gradients] = [new Float64Array(1), new Float64Array(1)]
  const state = optimizer.init(parameters)
  return play(steps, (x, gradient, t) => {
    parameters[0] = x
    gradients[0] = gradient
    optimizer.step(parameters, gradients, state, { learningRate: 1 / Math.sqrt(t) })
    return parameters[0]
  })
}

/** The two methods as one writes them by hand: AMSGrad never lets the second moment fall. */
function playByHand(steps: number, forgets: boolean): Outcome {
  let [first, second, largest] = [0, 0, 0]
  return play(steps, (x, gradient, t) => {
    first = beta1 * first + (1 - beta1) * gradient
    second = beta2 * second + (1 - beta2) * gradient ** 2
    largest = forgets ? second : Math.max(largest, second)
    const step = first / (1 - beta1 ** t) / (Math.sqrt(largest / (1 - beta2 ** t)) + epsilon)
    return x - step / Math.sqrt(t)
  })
}

const [adamByHand, amsgradByHand] = [playByHand(steps, true), playByHand(steps, false)]
const byAdam = playWith(adam({ beta1, beta2, epsilon }))
const byAmsgrad = playWith(amsgrad({ beta1, beta2, epsilon }))
const [adamLater, amsgradLater] = [playByHand(2_000_000, true), playByHand(2_000_000, false)]

const figure = (what: string, expected: number, measured: number, tolerance: number) => ({
  what,
  expected,
  measured,
  tolerance,
})
compare([
  figure(`adam: x after ${steps} steps`, adamByHand.x, byAdam.x, 1e-9),
  figure('adam: average regret', adamByHand.averageRegret, byAdam.averageRegret, 1e-9),
  figure(`amsgrad: x after ${steps} steps`, amsgradByHand.x, byAmsgrad.x, 1e-9),
  figure('amsgrad: average regret', amsgradByHand.averageRegret, byAmsgrad.averageRegret, 1e-9),
  figure('adam by hand: x after 2000000 steps', 1, adamLater.x, 1e-4),
  figure('adam by hand: average regret', 0.24, adamLater.averageRegret, 1e-3),
  figure('amsgrad by hand: x after 2000000 steps', -0.9963, amsgradLater.x, 1e-4),
  figure('amsgrad by hand: average regret', 0.047, amsgradLater.averageRegret, 1e-3),
])
