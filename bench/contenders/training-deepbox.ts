import { microseconds } from '../measure.ts'
import { installedVersion } from './installed.ts'
import type { TrainingLibrary, TrainingTask } from './training-contender.ts'
import { type NetLayer, trainedLayers } from './training-nets.ts'
import { startValues, transposed } from './training-values.ts'

interface Tensor {
  readonly data: Float32Array
}

interface GradTensor extends Tensor {
  backward(): void
}

/** What is used of `deepbox/ndarray`; not its types, which are there only once the peers are installed. */
interface Arrays {
  readonly Tensor: {
    fromTypedArray(array: {
      readonly data: Float32Array | Int32Array
      readonly shape: readonly number[]
      readonly dtype: 'float32' | 'int32'
      readonly device: 'cpu'
    }): Tensor
  }
  readonly GradTensor: {
    fromTensor(tensor: Tensor, options: { readonly requiresGrad: boolean }): GradTensor
  }
}

interface Module {
  forward(input: GradTensor): GradTensor
  parameters(): Iterable<GradTensor>
}

interface Modules {
  readonly Sequential: new (...modules: readonly Module[]) => Module
  readonly Linear: new (inputs: number, outputs: number, options: { readonly dtype: 'float32' }) => Module
  readonly Conv2d: new (
    inputs: number,
    outputs: number,
    kernelSize: number,
    options: { readonly padding: number },
  ) => Module
  readonly MaxPool2d: new (size: number) => Module
  readonly Flatten: new () => Module
  readonly ReLU: new () => Module
  crossEntropyLoss(logits: GradTensor, labels: Tensor): GradTensor
}

type OptimizerClass = new (
  parameters: readonly GradTensor[],
  options: Readonly<Record<string, number>>,
) => { zeroGrad(): void; step(): void }

/** Deepbox on the CPU; its WebAssembly back end has no cross-entropy. */
export async function deepboxTraining(): Promise<TrainingLibrary> {
  const [arraysPath, modulesPath, optimizersPath] = ['ndarray', 'nn', 'optim'].map(
    (part) => `deepbox/${part}`,
  )
  const arrays: Arrays = await import(arraysPath)
  const modules: Modules = await import(modulesPath)
  const { Adam, SGD }: Readonly<Record<'Adam' | 'SGD', OptimizerClass>> = await import(optimizersPath)
  return {
    version: installedVersion('deepbox'),

    async setUp(task) {
      const { net, optimizer: name, learningRate } = task
      const { features, labels } = startValues(net)
      const model = new modules.Sequential(...modulesOf(modules, task))
      const isImage = net.input.length === 3
      const [rows, columns, channels] = net.input
      const samples = arrays.GradTensor.fromTensor(
        arrays.Tensor.fromTypedArray({
          data: isImage ? transposed(features, [net.batch, ...net.input], [0, 3, 1, 2]) : features,
          shape: isImage ? [net.batch, channels, rows, columns] : [net.batch, ...net.input],
          dtype: 'float32',
          device: 'cpu',
        }),
        { requiresGrad: false },
      )
      const classIndices = arrays.Tensor.fromTypedArray({
        data: labels,
        shape: [net.batch],
        dtype: 'int32',
        device: 'cpu',
      })
      const parameters = [...model.parameters()]
      const optimizer =
        name === 'adam'
          ? new Adam(parameters, { lr: learningRate, beta1: 0.9, beta2: 0.999, eps: 1e-8 })
          : new SGD(parameters, { lr: learningRate, momentum: 0.9 })
      const takeStep = (): number => {
        optimizer.zeroGrad()
        const loss = modules.crossEntropyLoss(model.forward(samples), classIndices)
        loss.backward()
        optimizer.step()
        return loss.data[0]
      }
      return {
        elapsed: (calls) => microseconds(calls, takeStep),
        losses: (count) => Array.from({ length: count }, takeStep),
      }
    },
  }
}

/** The net's modules with the start weights; channels come first. */
function modulesOf(modules: Modules, { net }: TrainingTask): Module[] {
  const { weights } = startValues(net)
  const trained = trainedLayers(net)
  let next = 0

  function withStart(module: Module, values: Float32Array): Module {
    const [weight, bias] = module.parameters()
    weight.data.set(values)
    bias.data.fill(0)
    return module
  }

  const makers: Readonly<Record<NetLayer['kind'], () => Module[]>> = {
    relu: () => [new modules.ReLU()],
    maxPool: () => [new modules.MaxPool2d(2)],
    conv2d: () => {
      const { weightShape, outputs } = trained[next]
      const module = new modules.Conv2d(weightShape[2], outputs, 3, { padding: 1 })
      return [withStart(module, transposed(weights[next++], weightShape, [3, 2, 0, 1]))]
    },
    dense: () => {
      const { inputShape, weightShape, outputs } = trained[next]
      const module = new modules.Linear(weightShape[0], outputs, { dtype: 'float32' })
      const isImage = inputShape.length === 3
      const order = isImage ? [3, 2, 0, 1] : [1, 0]
      const values = transposed(weights[next++], [...inputShape, outputs], order)
      return [...(isImage ? [new modules.Flatten()] : []), withStart(module, values)]
    },
  }
  return net.layers.flatMap(({ kind }) => makers[kind]())
}
