import { microseconds } from '../measure.ts'
import { installedVersion } from './installed.ts'
import { gradientOf, startParameters, type Trainer } from './trainer.ts'

interface Tensor {
  readonly data: Float32Array
}

interface Parameter {
  readonly data: Float32Array
  setGrad(gradient: Tensor): void
}

/** What is used of `deepbox/ndarray`; not its types, which are there only once the peers are installed. */
interface Arrays {
  readonly Tensor: {
    fromTypedArray(array: {
      readonly data: Float32Array
      readonly shape: readonly number[]
      readonly dtype: 'float32'
      readonly device: 'cpu'
    }): Tensor
  }
  parameter(tensor: Tensor): Parameter
}

type OptimizerClass = new (
  parameters: readonly Parameter[],
  options: Readonly<Record<string, number | boolean>>,
) => { step(): void }

type Optimizers = Readonly<Record<'SGD' | 'Adagrad' | 'RMSprop' | 'Adam' | 'AdamW', OptimizerClass>>

const optimizers: Readonly<
  Record<string, readonly [keyof Optimizers, Readonly<Record<string, number | boolean>>]>
> = {
  sgd: ['SGD', { lr: 1e-2 }],
  momentum: ['SGD', { lr: 1e-2, momentum: 0.9 }],
  nesterov: ['SGD', { lr: 1e-2, momentum: 0.9, nesterov: true }],
  adagrad: ['Adagrad', { lr: 1e-2, eps: 1e-8 }],
  rmsprop: ['RMSprop', { lr: 1e-3, alpha: 0.99, eps: 1e-8 }],
  adam: ['Adam', { lr: 1e-3, beta1: 0.9, beta2: 0.999, eps: 1e-8 }],
  adamw: ['AdamW', { lr: 1e-3, beta1: 0.9, beta2: 0.999, eps: 1e-8, weightDecay: 0.01 }],
}

/** Deepbox on the CPU; it keeps its states in f64. */
export async function deepbox(): Promise<Trainer> {
  const [arraysPath, optimizersPath]: string[] = ['deepbox/ndarray', 'deepbox/optim']
  const arrays: Arrays = await import(arraysPath)
  const classes: Optimizers = await import(optimizersPath)
  const tensorOf = (data: Float32Array): Tensor =>
    arrays.Tensor.fromTypedArray({ data, shape: [data.length], dtype: 'float32', device: 'cpu' })
  return {
    name: 'Deepbox',
    version: installedVersion('deepbox'),

    async setUp(name, length) {
      if (!Object.hasOwn(optimizers, name)) return undefined
      const [className, options] = optimizers[name]
      const parameter = arrays.parameter(tensorOf(startParameters(length)))
      parameter.setGrad(tensorOf(gradientOf(length)))
      const optimizer = new classes[className]([parameter], options)
      return {
        elapsed: (calls) =>
          microseconds(calls, () => {
            optimizer.step()
          }),
        first: (count) => [...parameter.data.subarray(0, count)],
      }
    },

    close() {},
  }
}
