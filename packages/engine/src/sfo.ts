import type { SfoDocument } from '@thalweg/document'
import { createSfo, restoreSfo, type SavedSfo } from '@thalweg/lbfgs/stochastic'
import type { Model } from '@thalweg/nn'
import type { Method, MethodDefinition, MethodParts } from './method.ts'
import { createPartObjective } from './part-objective.ts'
import { drawOrder } from './sampler.ts'
import { readSolver, savedSolver, savedSolverBytes } from './saved-solver.ts'

/**
 * SFO: the loss is the sum of those of fixed parts of the training samples, drawn once. A step is one evaluation of one
 * part; so many as there are parts are a pass over the data. All of it is computed in f64 but the parts themselves.
 */
export function sfo(spec: SfoDocument, model: Model, samples: number): MethodDefinition {
  const count = partCount(spec, samples)
  return {
    workspaceBytes: 0,
    checkpointBytes: savedSolverBytes(8 * savedNumbers(spec, count, model.parameterCount)),
    begin: (parts) => begin(spec, count, parts),
  }
}

/** The paper's advice: sqrt(samples) / 10, at least 25. Throws RangeError for more parts than samples. */
function partCount({ subfunctions }: Pick<SfoDocument, 'subfunctions'>, samples: number): number {
  if (subfunctions !== undefined && subfunctions > samples) {
    throw new RangeError(
      `sfo: subfunctions must be at most ${samples}, the training samples, got ${subfunctions}`,
    )
  }
  return subfunctions ?? Math.min(samples, Math.max(25, Math.round(Math.sqrt(samples) / 10)))
}

/** Points and the subspace's basis, and of every part its pairs and Hessian in that subspace. */
function savedNumbers({ memory }: SfoDocument, count: number, parameters: number): number {
  const directions = Math.min(Math.max(3 * count + 6, 96), parameters)
  return (3 + directions) * parameters + count * directions * (4 * memory + 2) + directions ** 2
}

function begin(spec: SfoDocument, count: number, parts: MethodParts): Method {
  const { document, model, weights, samples, streams, resumed } = parts
  const { parameters } = weights
  const order = new Int32Array(samples)
  drawOrder(order, streams.order)
  const objective = createPartObjective(parts, { count, order })
  const gradient = new Float64Array(model.parameterCount)
  const totalSteps = document.epochs * count
  const { order: next, start, update, memory, tolerance } = spec
  const options = { order: next, start, update, memory, tolerance, seed: document.seed }
  const solver =
    resumed === undefined
      ? createSfo(Float64Array.from(parameters), count, options)
      : restoreSfo(readSolver<SavedSfo>(spec.name, resumed))
  parameters.set(solver.x)

  /** How it ended, or that the run's passes are used up. */
  function ending() {
    const { status, evaluations, gradientNorm } = solver
    if (status === 'running' && evaluations < totalSteps) return undefined
    return {
      status: status === 'running' ? 'max-evaluations' : status,
      message: `${evaluations} evaluations of ${count} parts done; gradient norm ${gradientNorm}`,
    }
  }

  return {
    totalSteps,
    passes: (steps) => steps / count,
    evaluated: parameters,
    async step() {
      const { index, x } = solver.ask()
      parameters.set(x)
      const loss = await objective.evaluate(index, gradient)
      // The loss is the mean over all samples, and the sum of what its parts have of it.
      const share = objective.share(index)
      for (let i = 0; i < gradient.length; i++) gradient[i] *= share
      const status = solver.tell(share * loss, gradient)
      parameters.set(solver.x)
      const { f, gradientNorm, evaluations } = solver
      const ended = ending()
      return {
        values: { 'train.loss': f, ...(gradientNorm < Infinity && { gradientNorm }), evaluations },
        finite: status !== 'non-finite-start',
        moved: true,
        ...(ended !== undefined && { ending: ended }),
      }
    },
    save: () => savedSolver(spec.name, solver.save()),
  }
}
