import type { LbfgsDocument } from '@thalweg/document'
import { elementBytes } from '@thalweg/kernels'
import { createSolver, type SavedSolver, type SolverOptions } from '@thalweg/lbfgs'
import type { Model } from '@thalweg/nn'
import type { Method, MethodDefinition, MethodParts } from './method.ts'
import { createPartObjective } from './part-objective.ts'
import { readSolver, savedSolver, savedSolverBytes } from './saved-solver.ts'
import { vectorSpaceOf } from './vector-space.ts'

type Vector = Float32Array | Float64Array

/**
 * L-BFGS over all training samples, with bounds or an L1 penalty. A step is one evaluation, a pass over the data; between
 * two steps the weights are the newest iterate, or once it has ended the best point.
 */
export function lbfgs(spec: LbfgsDocument, model: Model): MethodDefinition {
  const vectors = 2 * spec.memory + pointVectors
  const bytes = vectors * model.parameterCount * elementBytes[model.precision]
  return {
    workspaceBytes: 0,
    checkpointBytes: savedSolverBytes(bytes),
    begin: (parts) => begin(spec, parts),
  }
}

/** What it keeps beside the pairs: four points and their gradients, the direction, and what bounds or l1 need. */
const pointVectors = 16

function begin(spec: LbfgsDocument, parts: MethodParts): Method {
  const { document, model, weights, resumed } = parts
  const { parameters } = weights
  const objective = createPartObjective(parts, { count: 1 })
  const sum = new Float64Array(model.parameterCount)
  const solver = createSolver<Vector>(parameters, {
    ...optionsOf(spec, model, document.epochs),
    ...(resumed !== undefined && { state: readSolver<SavedSolver>(spec.name, resumed) }),
  })
  if (resumed !== undefined) parameters.set(solver.current.x)

  return {
    totalSteps: document.epochs,
    passes: (steps) => steps,
    evaluated: parameters,
    async step() {
      const iterations = solver.iterations
      parameters.set(solver.ask())
      const loss = await objective.evaluate(0, sum)
      solver.gradient.set(sum)
      const status = solver.tell(loss)
      const ended = status === 'running' ? undefined : solver.result()
      const point = ended ?? solver.current
      parameters.set(point.x)
      return {
        values: {
          'train.loss': point.f,
          gradientNorm: point.gradientNorm,
          evaluations: solver.evaluations,
          iterations: solver.iterations,
        },
        finite: status !== 'non-finite-start' && Number.isFinite(point.f),
        moved: solver.iterations > iterations,
        ...(ended !== undefined && { ending: { status: ended.status, message: ended.message } }),
      }
    },
    save: () => savedSolver(spec.name, solver.save()),
  }
}

/** The solver's own limits are left to the run's epochs: an evaluation is a pass. */
function optionsOf(
  { memory, lineSearch, tolerance = {}, damping, bounds, l1 }: LbfgsDocument,
  model: Model,
  epochs: number,
): SolverOptions<Vector> {
  return {
    memory,
    maxIterations: Infinity,
    maxEvaluations: epochs,
    tolerance: given(tolerance),
    ...(lineSearch !== undefined && { lineSearch }),
    ...(damping > 0 && { damping }),
    ...(bounds !== undefined && { bounds: given(bounds) }),
    ...(l1 !== undefined && { l1: { strength: l1.strength, mask: weightMask(model) } }),
    ...vectorSpaceOf(model, 2 * memory + pointVectors),
  }
}

/** An object without what is undefined in it. */
function given<T extends object>(parts: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>
  }
}

/** 1 for weights, 0 for biases, scales and shifts. */
function weightMask({ parameterCount, tensors }: Model): Uint8Array {
  const mask = new Uint8Array(parameterCount)
  for (const { init, offset, length } of tensors) {
    if (init === 'weights') mask.fill(1, offset, offset + length)
  }
  return mask
}
