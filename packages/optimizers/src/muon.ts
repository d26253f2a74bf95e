import { defineMethod } from './define-method.ts'
import { createOrthogonalization } from './newton-schulz.ts'
import { allocateVector, precisionOf, type Vector } from './runtime/tensors.ts'

/**
 * Muon: momentum whose step is made orthogonal, for the matrices of hidden layers.
 *
 *   B <- mu B + g
 *   O <- NS(g + mu B)   (with `nesterov`, else NS(B))
 *   w <- w - alpha lambda w - alpha sqrt(max(1, r / c)) O
 *
 * NS takes U V^T for U S V^T, nearly: see newton-schulz.ts; `steps` iterations of it. alpha `learningRate`, mu
 * `momentum`, lambda `weightDecay`; B from 0; r outputs, c inputs. Shapes: w, g, B, O [r, c], given to `init`, or [c, r]
 * with `outputs: 'last'`; a tensor of more than two dimensions is a matrix of its first by all others. Rates do not carry
 * over from other optimizers.
 * Tensors of one dimension get AdamW, with beta1 0.9, beta2 0.95, epsilon 1e-8, and the same rate and decay.
 * Source: Jordan et al. 2024, "Muon: an optimizer for hidden layers"; in the form of PyTorch's Muon, "original" rate.
 * Departs: PyTorch multiplies matrices in bfloat16; here in the parameters' own precision.
 * No rule: every number of O depends on all of g.
 */
export const muon = defineMethod({
  name: 'muon',
  source: 'Jordan et al. 2024, "Muon: an optimizer for hidden layers"',
  hyperparameters: { learningRate: 1e-3, momentum: 0.95, weightDecay: 0.1, nesterov: true, steps: 5 },
  ranges: { steps: { atLeast: 1, atMost: 100, integer: true } },
  fixed: ['steps'],
  rule: `
    velocity = momentum * velocity + gradient
    update = gradient + momentum * velocity, made orthogonal          (Newton-Schulz, so many steps)
    w -= learning_rate * weight_decay * w + learning_rate * sqrt(max(1, rows / columns)) * update
  `,
  method: {
    slots: 3,
    check(shapes) {
      if (shapes.some((shape) => shape.length > 1)) return
      throw new TypeError('muon: none of the tensors is a matrix; give their shapes to init')
    },
    createVectors(parameter, shape) {
      if (shape.length > 1) return { velocity: allocateVector(parameter) }
      return { first_moment: allocateVector(parameter), second_moment: allocateVector(parameter) }
    },
    update({ parameter, gradient, vectors, shape, outputs }, step, hyperparameters) {
      const value = (name: string): number => hyperparameters.get(name) ?? Number.NaN
      const [rate, decay] = [value('learningRate'), value('weightDecay')]
      const { velocity } = vectors
      if (velocity === undefined) {
        adamw(parameter, gradient, vectors, { step, rate, decay })
        return
      }
      const [rows] = shape
      const columns = parameter.length / rows
      const { matrix, run } = orthogonalization(velocity, rows, columns, value('steps'))
      const mu = value('momentum')
      const ahead = value('nesterov') !== 0
      for (let index = 0; index < velocity.length; index++) {
        velocity[index] = mu * velocity[index] + gradient[index]
        matrix[index] = ahead ? gradient[index] + mu * velocity[index] : velocity[index]
      }
      run()
      const ratio = outputs === 'first' ? rows / columns : columns / rows
      const scale = rate * Math.sqrt(Math.max(1, ratio))
      for (let index = 0; index < parameter.length; index++)
        parameter[index] -= rate * decay * parameter[index] + scale * matrix[index]
    },
  },
})

type Orthogonalization = ReturnType<typeof createOrthogonalization>

/** Every tensor of one size uses the same memory, one after the other. */
const known = new Map<string, Orthogonalization>()

function orthogonalization(
  like: Vector,
  rows: number,
  columns: number,
  iterations: number,
): Orthogonalization {
  const key = [precisionOf(like), rows, columns, iterations].join(' ')
  const made = known.get(key) ?? createOrthogonalization(like, rows, columns, iterations)
  known.set(key, made)
  return made
}

interface AdamStep {
  readonly step: number
  readonly rate: number
  readonly decay: number
}

/** For what is no matrix; few numbers, so plain loops do. */
function adamw(
  parameter: Vector,
  gradient: Vector,
  { first_moment: first, second_moment: second }: Readonly<Record<string, Vector>>,
  { step, rate, decay }: AdamStep,
): void {
  const [beta1, beta2, epsilon] = [0.9, 0.95, 1e-8]
  for (let index = 0; index < parameter.length; index++) {
    first[index] = beta1 * first[index] + (1 - beta1) * gradient[index]
    second[index] = beta2 * second[index] + (1 - beta2) * gradient[index] ** 2
    const size = Math.sqrt(second[index] / (1 - beta2 ** step)) + epsilon
    const update = first[index] / (1 - beta1 ** step) / size + decay * parameter[index]
    parameter[index] -= rate * update
  }
}
