import { microseconds } from '../measure.ts'
import { installedVersion } from './installed.ts'
import { gradientOf, startParameters, type Trainer } from './trainer.ts'

interface Tensor {
  dataSync(): Float32Array
  dispose(): void
}

interface Variable extends Tensor {
  readonly name: string
}

interface Optimizer {
  applyGradients(gradients: Readonly<Record<string, Tensor>>): void
  dispose(): void
}

/** What is used of `@tensorflow/tfjs-core`; not its types, which are there only once the peers are installed. */
interface Tensorflow {
  setBackend(name: string): Promise<boolean>
  ready(): Promise<void>
  env(): { getAsync(flag: string): Promise<unknown> }
  tensor1d(values: Float32Array): Tensor
  variable(initial: Tensor): Variable
  readonly train: {
    sgd(learningRate: number): Optimizer
    momentum(learningRate: number, momentum: number, nesterov?: boolean): Optimizer
    adagrad(learningRate: number, initialAccumulator: number): Optimizer
    rmsprop(learningRate: number, decay: number, momentum: number, epsilon: number): Optimizer
    adam(learningRate: number, beta1: number, beta2: number, epsilon: number): Optimizer
  }
}

const optimizers: Readonly<Record<string, (train: Tensorflow['train']) => Optimizer>> = {
  sgd: (train) => train.sgd(1e-2),
  momentum: (train) => train.momentum(1e-2, 0.9),
  nesterov: (train) => train.momentum(1e-2, 0.9, true),
  adagrad: (train) => train.adagrad(1e-2, 0),
  rmsprop: (train) => train.rmsprop(1e-3, 0.99, 0, 1e-8),
  adam: (train) => train.adam(1e-3, 0.9, 0.999, 1e-8),
}

/** Loads TensorFlow.js and its WebAssembly back end; what they compile is yet to come. */
export async function importTensorflow(): Promise<Tensorflow> {
  const [core, backEnd]: string[] = ['@tensorflow/tfjs-core', '@tensorflow/tfjs-backend-wasm']
  const tensorflow: Tensorflow = await import(core)
  await import(backEnd)
  return tensorflow
}

/** TensorFlow.js on its WebAssembly back end, which has one thread in Node. */
export async function tensorflow(): Promise<Trainer> {
  const tf = await importTensorflow()
  await tf.setBackend('wasm')
  await tf.ready()
  const simd = (await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT')) === true
  let release = (): void => {}
  return {
    name: 'TensorFlow.js wasm',
    version: `${installedVersion('@tensorflow/tfjs-core')}${simd ? ', SIMD' : ', no SIMD'}, 1 thread`,

    async setUp(name, length) {
      release()
      release = () => {}
      if (!Object.hasOwn(optimizers, name)) return undefined
      const start = tf.tensor1d(startParameters(length))
      const variable = tf.variable(start)
      start.dispose()
      const gradients = { [variable.name]: tf.tensor1d(gradientOf(length)) }
      const optimizer = optimizers[name](tf.train)
      release = () => {
        for (const each of [variable, gradients[variable.name], optimizer]) each.dispose()
      }
      return {
        elapsed: (calls) => microseconds(calls, () => optimizer.applyGradients(gradients)),
        first: (count) => [...variable.dataSync().subarray(0, count)],
      }
    },

    close() {},
  }
}
