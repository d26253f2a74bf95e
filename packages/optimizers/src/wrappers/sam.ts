import { defineRule } from '../define-rule.ts'
import type { Optimizer, OptimizerState, Overrides } from '../optimizer.ts'
import { checkHyperparameter } from '../runtime/hyperparameters.ts'
import { isVector, named, type Parameters } from '../runtime/tensors.ts'

/** An optimizer whose step asks for the gradient at two places. */
export interface SamOptimizer extends Omit<Optimizer, 'step' | 'plan' | 'plannable'> {
  /**
   * One update, in place. `gradientAt` is called twice, with the parameters as they lie at that moment, and returns the
   * gradient there; it may reuse its array. If it throws, the parameters are as before.
   */
  step(
    parameters: Parameters,
    gradientAt: (parameters: Parameters) => Parameters,
    state: OptimizerState,
    overrides?: Overrides,
  ): { readonly applied: boolean }
}

const ascent = defineRule({
  name: 'sam',
  source: 'Foret et al. 2021, arXiv:2010.01412, equation 2',
  hyperparameters: { radius: 0.05 },
  ranges: { radius: { greaterThan: 0 } },
  rule: 'w += radius * gradient / (globalNorm(gradient) + 1e-12)',
})

/**
 * Sharpness-aware minimization: the step is taken with the gradient at the worst place nearby.
 *
 *   e <- radius g(w) / ||g(w)||
 *   w <- step of the optimizer at w with g(w + e)
 *
 * Two gradients a step. Throws RangeError for a radius that is not above 0.
 * Source: Foret et al. 2021, arXiv:2010.01412, Algorithm 1; norm over all tensors.
 *
 * @example sam(momentum(), { radius: 0.05 }).step(weights, (at) => gradientOfLoss(at), state)
 */
export function sam(
  optimizer: Optimizer,
  { radius = 0.05 }: { readonly radius?: number } = {},
): SamOptimizer {
  checkHyperparameter('sam', 'radius', radius, { greaterThan: 0 })
  const { plan: _plan, plannable: _plannable, ...rest } = optimizer
  const climb = ascent({ radius })
  const climbing = new WeakMap<OptimizerState, OptimizerState>()
  return {
    ...rest,
    name: `sam(${optimizer.name})`,
    step(parameters, gradientAt, state, overrides) {
      const trained = trainedPart(parameters, state)
      const tensors = named(trained)
      const before = Object.entries(tensors).map(([tensor, vector]) => [tensor, vector.slice()] as const)
      const restore = (): void => {
        for (const [tensor, copy] of before) tensors[tensor].set(copy)
      }
      const climbState = climbing.get(state) ?? climb.init(trained)
      climbing.set(state, climbState)
      climb.step(trained, trainedPart(gradientAt(parameters), state), climbState)
      let gradient: Parameters
      try {
        gradient = gradientAt(parameters)
      } finally {
        restore()
      }
      return optimizer.step(parameters, gradient, state, overrides)
    },
  }
}

/** Those tensors that have a state: frozen ones stay where they are. */
function trainedPart(tensors: Parameters, state: OptimizerState): Parameters {
  if (isVector(tensors)) return tensors
  return Object.fromEntries(Object.entries(tensors).filter(([name]) => Object.hasOwn(state.tensors, name)))
}
