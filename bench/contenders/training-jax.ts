import { microseconds } from '../measure.ts'
import { installedVersion } from './installed.ts'
import type { TrainingLibrary, TrainingTask } from './training-contender.ts'
import { classesOf, type Net, type NetLayer, trainedLayers } from './training-nets.ts'
import { startValues } from './training-values.ts'

/** Every use consumes an array, but that of its `ref`. */
interface JaxArray {
  readonly ref: JaxArray
  readonly shape: readonly number[]
  add(other: JaxArray | number): JaxArray
  sub(other: JaxArray | number): JaxArray
  mul(other: JaxArray | number): JaxArray
  div(other: JaxArray | number): JaxArray
  sum(): JaxArray
  reshape(shape: readonly number[]): JaxArray
  slice(...index: readonly (number | readonly number[])[]): JaxArray
  dataSync(): Float32Array
  dispose(): void
}

type Arrays = readonly JaxArray[]
type Loss = (parameters: Arrays, samples: JaxArray, oneHot: JaxArray) => JaxArray
type Step = (
  parameters: Arrays,
  state: Arrays,
  samples: JaxArray,
  oneHot: JaxArray,
) => readonly [loss: JaxArray, parameters: Arrays, state: Arrays]

/** What is used of `@jax-js/jax`; not its types, which are there only once the peers are installed. */
interface Jax {
  init(): Promise<unknown>
  defaultDevice(device: 'wasm'): unknown
  jit<F extends Step>(step: F): F & { dispose(): void }
  valueAndGrad(loss: Loss): (...arguments_: Parameters<Loss>) => readonly [JaxArray, Arrays]
  readonly nn: { relu(array: JaxArray): JaxArray; logSoftmax(array: JaxArray): JaxArray }
  readonly numpy: {
    array(values: Float32Array | number): JaxArray
    zeros(shape: readonly number[]): JaxArray
    matmul(a: JaxArray, b: JaxArray): JaxArray
    max(array: JaxArray, axis: number): JaxArray
    pad(array: JaxArray, widths: readonly (readonly number[])[]): JaxArray
    power(base: number, exponent: JaxArray): JaxArray
    sqrt(array: JaxArray): JaxArray
    square(array: JaxArray): JaxArray
    subtract(a: number, b: JaxArray): JaxArray
  }
}

/** jax-js on its WebAssembly back end, which has one thread in Node: a step is one jitted function. */
export async function jaxTraining(): Promise<TrainingLibrary> {
  const path: string = '@jax-js/jax'
  const jax: Jax = await import(path)
  await jax.init()
  jax.defaultDevice('wasm')
  const np = jax.numpy
  let release = (): void => {}
  return {
    version: installedVersion('@jax-js/jax'),

    async setUp({ net, optimizer, learningRate }: TrainingTask) {
      release()
      const { features, labels, weights } = startValues(net)
      const samples = np.array(features).reshape([net.batch, ...net.input])
      const oneHot = np.array(oneHotOf(labels, classesOf(net))).reshape([net.batch, classesOf(net)])
      let parameters: Arrays = trainedLayers(net).flatMap(({ weightShape, outputs }, index) => [
        np.array(weights[index]).reshape(weightShape),
        np.zeros([outputs]),
      ])
      const zeros = (): JaxArray[] => parameters.map(({ shape }) => np.zeros(shape))
      let state: Arrays = optimizer === 'adam' ? [...zeros(), ...zeros(), np.array(0)] : zeros()
      const update = optimizer === 'adam' ? adam : momentum
      const gradientOf = jax.valueAndGrad((...arrays) => lossOf(jax, net, ...arrays))
      const step = jax.jit<Step>((old, oldState, ...batch) => {
        const [loss, gradient] = gradientOf(
          old.map((each) => each.ref),
          ...batch,
        )
        return [loss, ...update(np, learningRate, old, oldState, gradient)]
      })
      release = () => {
        for (const each of [...parameters, ...state, samples, oneHot, step]) each.dispose()
      }
      const takeStep = (): number => {
        const [loss, ...updated] = step(parameters, state, samples.ref, oneHot.ref)
        ;[parameters, state] = updated
        // Reading it runs the step at once: jax-js is several times slower where steps pile up.
        return loss.dataSync()[0]
      }
      return {
        elapsed: (calls) => microseconds(calls, takeStep),
        losses: (count) => Array.from({ length: count }, takeStep),
      }
    },
  }
}

function oneHotOf(labels: Int32Array, classes: number): Float32Array {
  const values = new Float32Array(labels.length * classes)
  for (const [row, label] of labels.entries()) values[row * classes + label] = 1
  return values
}

/** Weight and bias of each trained layer, one after another. */
function lossOf(
  { nn, numpy: np }: Jax,
  net: Net,
  parameters: Arrays,
  samples: JaxArray,
  oneHot: JaxArray,
): JaxArray {
  let output = samples
  let next = 0
  const layers: Readonly<Record<NetLayer['kind'], () => JaxArray>> = {
    relu: () => nn.relu(output),
    dense: () => {
      const [weight, bias] = [parameters[next++], parameters[next++]]
      return np.matmul(output.reshape([net.batch, weight.shape[0]]), weight).add(bias)
    },
    conv2d: () => convolution(np, output, parameters[next++], parameters[next++]),
    maxPool: () => {
      const [batch, rows, columns, channels] = output.shape
      const windows = output.reshape([batch, rows / 2, 2, columns / 2, 2, channels])
      return np.max(np.max(windows, 4), 2)
    },
  }
  for (const { kind } of net.layers) output = layers[kind]()
  return nn
    .logSoftmax(output)
    .mul(oneHot)
    .sum()
    .mul(-1 / net.batch)
}

/** A product for each element of the window: a step with `lax.conv` takes about 40 times as long. */
function convolution(np: Jax['numpy'], images: JaxArray, weight: JaxArray, bias: JaxArray): JaxArray {
  const [batch, rows, columns, channels] = images.shape
  const [windowRows, windowColumns, , filters] = weight.shape
  const padded = np.pad(images, [
    [0, 0],
    [1, 1],
    [1, 1],
    [0, 0],
  ])
  let sum = bias
  for (let row = 0; row < windowRows; row++) {
    for (let column = 0; column < windowColumns; column++) {
      const window = padded.ref.slice([], [row, row + rows], [column, column + columns], [])
      const pixels = window.reshape([batch * rows * columns, channels])
      sum = np.matmul(pixels, weight.ref.slice(row, column)).add(sum)
    }
  }
  padded.dispose()
  weight.dispose()
  return sum.reshape([batch, rows, columns, filters])
}

/** v <- 0.9 v + g, w <- w - rate v. */
function momentum(_: unknown, rate: number, old: Arrays, state: Arrays, gradient: Arrays): [Arrays, Arrays] {
  const velocity = state.map((each, index) => each.mul(0.9).add(gradient[index]))
  return [old.map((each, index) => each.sub(velocity[index].ref.mul(rate))), velocity]
}

/** Kingma & Ba 2015, algorithm 1; the state is m and v of every array, and t. */
function adam(
  np: Jax['numpy'],
  rate: number,
  old: Arrays,
  state: Arrays,
  gradient: Arrays,
): [Arrays, Arrays] {
  const count = old.length
  const t = state[2 * count].add(1)
  const [correction1, correction2] = [0.9, 0.999].map((beta) => np.subtract(1, np.power(beta, t.ref)))
  const m = gradient.map((g, index) => state[index].mul(0.9).add(g.ref.mul(0.1)))
  const v = gradient.map((g, index) => state[count + index].mul(0.999).add(np.square(g).mul(0.001)))
  const updated = old.map((w, index) => {
    const root = np.sqrt(v[index].ref.div(correction2.ref)).add(1e-8)
    return w.sub(m[index].ref.div(correction1.ref).mul(rate).div(root))
  })
  correction1.dispose()
  correction2.dispose()
  return [updated, [...m, ...v, t]]
}
