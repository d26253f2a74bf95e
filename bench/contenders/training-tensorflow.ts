import { microseconds } from '../measure.ts'
import { installedVersion } from './installed.ts'
import type { TrainingLibrary, TrainingTask } from './training-contender.ts'
import { classesOf, type NetLayer, trainedLayers } from './training-nets.ts'
import { startValues } from './training-values.ts'

interface Tensor {
  readonly shape: readonly number[]
  dataSync(): Float32Array
  dispose(): void
}

interface Optimizer {
  minimize(loss: () => Tensor, returnCost: boolean, variables: readonly Tensor[]): Tensor | null
  dispose(): void
}

/** What is used of `@tensorflow/tfjs-core`; not its types, which are there only once the peers are installed. */
interface Tensorflow {
  setBackend(name: string): Promise<boolean>
  ready(): Promise<void>
  env(): { getAsync(flag: string): Promise<unknown> }
  tensor(values: Float32Array | Int32Array, shape: readonly number[], type?: 'int32'): Tensor
  zeros(shape: readonly number[]): Tensor
  variable(initial: Tensor): Tensor
  tidy<Result>(work: () => Result): Result
  keep(tensor: Tensor): Tensor
  oneHot(labels: Tensor, classes: number): Tensor
  cast(tensor: Tensor, type: 'float32'): Tensor
  reshape(tensor: Tensor, shape: readonly number[]): Tensor
  matMul(a: Tensor, b: Tensor): Tensor
  add(a: Tensor, b: Tensor): Tensor
  relu(tensor: Tensor): Tensor
  conv2d(images: Tensor, filters: Tensor, stride: number, padding: 'same'): Tensor
  maxPool(images: Tensor, size: number, stride: number, padding: 'valid'): Tensor
  readonly losses: { softmaxCrossEntropy(oneHot: Tensor, logits: Tensor): Tensor }
  readonly train: {
    momentum(learningRate: number, momentum: number): Optimizer
    adam(learningRate: number, beta1: number, beta2: number, epsilon: number): Optimizer
  }
}

/** Two variables, weight and bias, of each trained layer. */
type Variables = readonly (readonly [weight: Tensor, bias: Tensor])[]

/** Loads TensorFlow.js on its WebAssembly back end, which has one thread in Node; the whole for its gradients alone. */
export async function tensorflowTraining(): Promise<TrainingLibrary> {
  const [whole, core, backEnd] = ['tfjs', 'tfjs-core', 'tfjs-backend-wasm'].map(
    (part) => `@tensorflow/${part}`,
  )
  await import(whole)
  const tf: Tensorflow = await import(core)
  await import(backEnd)
  await tf.setBackend('wasm')
  await tf.ready()
  const simd = (await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT')) === true
  let release = (): void => {}
  return {
    version: `${installedVersion('@tensorflow/tfjs-core')}${simd ? ', SIMD' : ', no SIMD'}`,

    async setUp({ net, optimizer: name, learningRate }: TrainingTask) {
      release()
      const { features, labels, weights } = startValues(net)
      const variables = trainedLayers(net).map(({ weightShape, outputs }, index) =>
        tf.tidy(
          () =>
            [tf.variable(tf.tensor(weights[index], weightShape)), tf.variable(tf.zeros([outputs]))] as const,
        ),
      )
      const samples = tf.tensor(features, [net.batch, ...net.input])
      const oneHot = tf.tidy(() =>
        tf.keep(tf.cast(tf.oneHot(tf.tensor(labels, [net.batch], 'int32'), classesOf(net)), 'float32')),
      )
      const optimizer =
        name === 'adam' ? tf.train.adam(learningRate, 0.9, 0.999, 1e-8) : tf.train.momentum(learningRate, 0.9)
      release = () => {
        for (const each of [...variables.flat(), samples, oneHot, optimizer]) each.dispose()
      }
      const loss = (): Tensor =>
        tf.losses.softmaxCrossEntropy(oneHot, logits(tf, net.layers, variables, samples))
      return {
        // `variableGrads` with `applyGradients`, and fused products, take as long.
        elapsed: (calls) => microseconds(calls, () => optimizer.minimize(loss, false, variables.flat())),
        losses: (count) =>
          Array.from({ length: count }, () =>
            tf.tidy(() => optimizer.minimize(loss, true, variables.flat())?.dataSync()[0] ?? Number.NaN),
          ),
      }
    },
  }
}

function logits(tf: Tensorflow, layers: readonly NetLayer[], variables: Variables, samples: Tensor): Tensor {
  let output = samples
  let trained = 0
  for (const { kind } of layers) {
    if (kind === 'relu') output = tf.relu(output)
    else if (kind === 'maxPool') output = tf.maxPool(output, 2, 2, 'valid')
    else {
      const [weight, bias] = variables[trained++]
      const product =
        kind === 'conv2d'
          ? tf.conv2d(output, weight, 1, 'same')
          : tf.matMul(tf.reshape(output, [samples.shape[0], weight.shape[0]]), weight)
      output = tf.add(product, bias)
    }
  }
  return output
}
