import { createWorkspace } from '../packages/kernels/src/index.ts'
import {
  createOptimizer,
  type OptimizerName,
  optimizerDefinitions,
} from '../packages/optimizers/src/index.ts'
import { compare, type Figure } from './measure.ts'

type Loop = (w: Float32Array, g: Float32Array, a: Float32Array, b: Float32Array, t: number) => void

/** The same updates as one would write them by hand, in f64 over f32 arrays; `a` and `b` are state. */
const plainLoops: Readonly<Record<OptimizerName, Loop>> = {
  sgd(w, g) {
    for (let i = 0; i < w.length; i++) w[i] -= 1e-2 * g[i]
  },
  momentum(w, g, a) {
    for (let i = 0; i < w.length; i++) {
      a[i] = 0.9 * a[i] - 1e-2 * g[i]
      w[i] += a[i]
    }
  },
  nesterov(w, g, a) {
    for (let i = 0; i < w.length; i++) {
      const old = a[i]
      a[i] = 0.9 * old - 1e-2 * g[i]
      w[i] += -0.9 * old + 1.9 * a[i]
    }
  },
  adagrad(w, g, a) {
    for (let i = 0; i < w.length; i++) {
      a[i] += g[i] * g[i]
      w[i] -= (1e-2 * g[i]) / (Math.sqrt(a[i]) + 1e-8)
    }
  },
  rmsprop(w, g, a) {
    for (let i = 0; i < w.length; i++) {
      a[i] = 0.99 * a[i] + 0.01 * g[i] * g[i]
      w[i] -= (1e-3 * g[i]) / (Math.sqrt(a[i]) + 1e-8)
    }
  },
  adam(w, g, a, b, t) {
    const [correction1, correction2] = [1 - 0.9 ** t, 1 - 0.999 ** t]
    for (let i = 0; i < w.length; i++) {
      a[i] = 0.9 * a[i] + 0.1 * g[i]
      b[i] = 0.999 * b[i] + 0.001 * g[i] * g[i]
      w[i] -= (1e-3 * (a[i] / correction1)) / (Math.sqrt(b[i] / correction2) + 1e-8)
    }
  },
}

/** One update of a flat f32 tensor in a workspace, beside a plain loop over typed arrays. */
export function* figures(): Generator<Figure> {
  for (const length of [1e4, 1e6]) {
    for (const name of Object.keys(optimizerDefinitions) as OptimizerName[]) {
      const workspace = createWorkspace({ bytes: 5 * (length * 4 + 1024) })
      const [parameters, gradient] = [workspace.f32(length), workspace.f32(length).fill(0.01)]
      const optimizer = createOptimizer({ name })
      const state = optimizer.init(parameters)
      const step = (): void => {
        optimizer.step(parameters, gradient, state)
      }
      const [w, g, a, b] = Array.from({ length: 4 }, () => new Float32Array(length).fill(0.01))
      let t = 0
      const loop = (): void => {
        t += 1
        plainLoops[name](w, g, a, b, t)
      }
      yield compare(`${name} ${length}`, step, 'plain JavaScript loop', loop)
    }
  }
}
