import { microseconds } from '../measure.ts'
import { gradientOf, startParameters, type Trainer } from './trainer.ts'

type Loop = (w: Float32Array, g: Float32Array, a: Float32Array, b: Float32Array, t: number) => void

/** The same updates as one would write them by hand, in f64 over f32 arrays; `a` and `b` are state. */
const loops: Readonly<Record<string, Loop>> = {
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
  adamw(w, g, a, b, t) {
    const [correction1, correction2] = [1 - 0.9 ** t, 1 - 0.999 ** t]
    for (let i = 0; i < w.length; i++) {
      a[i] = 0.9 * a[i] + 0.1 * g[i]
      b[i] = 0.999 * b[i] + 0.001 * g[i] * g[i]
      w[i] = (1 - 1e-3 * 0.01) * w[i] - (1e-3 * (a[i] / correction1)) / (Math.sqrt(b[i] / correction2) + 1e-8)
    }
  },
}

/** What a developer without a library would write. */
export function plainLoops(): Trainer {
  return {
    name: 'plain JavaScript loop',
    version: '',

    async setUp(optimizer, length) {
      if (!Object.hasOwn(loops, optimizer)) return undefined
      const loop = loops[optimizer]
      const [w, g] = [startParameters(length), gradientOf(length)]
      const [a, b] = [new Float32Array(length), new Float32Array(length)]
      let t = 0
      return {
        elapsed: (calls) =>
          microseconds(calls, () => {
            t += 1
            loop(w, g, a, b, t)
          }),
        first: (count) => [...w.subarray(0, count)],
      }
    },

    close() {},
  }
}
