import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { initializers, type LayersModel, layers, type Sequential, sequential } from '@tensorflow/tfjs-layers'
import { describe, expect, it } from 'vitest'
import {
  accumulate,
  adafactor,
  adam,
  adamw,
  chain,
  clipByGlobalNorm,
  grouped,
  lookahead,
  muon,
  type Optimizer,
  scheduleFreeAdamw,
  sgd,
  skipNonFinite,
} from './index.ts'
import { toTensorFlow } from './tfjs.ts'

// Silences TensorFlow.js's advertisement of its native package.
tf.env().set('IS_TEST', true)
await tf.setBackend('cpu')

/** Two interleaved half moons of 32 points each, with a ripple instead of noise. */
function moons(): { inputs: tf.Tensor2D; labels: tf.Tensor2D } {
  const points = Array.from({ length: 64 }, (_, index) => {
    const angle = (Math.PI * (index >> 1)) / 31
    const ripple = 0.1 * Math.sin(7 * index)
    return index % 2 === 0
      ? [Math.cos(angle) + ripple, Math.sin(angle) - ripple]
      : [1 - Math.cos(angle) - ripple, 0.5 - Math.sin(angle) + ripple]
  })
  return { inputs: tf.tensor2d(points), labels: tf.tensor2d(points.map((_, index) => [index % 2])) }
}

const { inputs, labels } = moons()

/** The same weights at every call. */
function classifier(): Sequential {
  const [first, second] = [1, 2].map((seed) => initializers.glorotUniform({ seed }))
  return sequential({
    layers: [
      layers.dense({
        name: 'hidden',
        units: 16,
        activation: 'tanh',
        kernelInitializer: first,
        inputShape: [2],
      }),
      layers.dense({ name: 'output', units: 1, activation: 'sigmoid', kernelInitializer: second }),
    ],
  })
}

function compiled(optimizer: tf.Optimizer, model = classifier()): Sequential {
  model.compile({ optimizer, loss: 'binaryCrossentropy' })
  return model
}

/** Steps on the whole set; gives the loss before each. */
async function train(model: LayersModel, steps: number): Promise<number[]> {
  const options = { batchSize: 64, epochs: steps, verbose: 0, shuffle: false } as const
  return (await model.fit(inputs, labels, options)).history.loss.map(Number)
}

function weightsOf(model: LayersModel): Float32Array[] {
  return model.getWeights().map((weight) => Float32Array.from(weight.dataSync()))
}

/** The largest difference between two models' weights. */
function difference(model: LayersModel, other: LayersModel): number {
  const [a, b] = [weightsOf(model), weightsOf(other)]
  return Math.max(
    ...a.flatMap((array, index) => Array.from(array, (value, at) => Math.abs(value - b[index][at]))),
  )
}

/** From the variables of one model to those of another: names are made unique by a suffix. */
function renaming(from: LayersModel, to: LayersModel): (name: string) => string {
  const names = new Map(from.weights.map(({ name }, index) => [name, to.weights[index].name]))
  return (name) => names.get(name) ?? name
}

describe('a layers model trained through toTensorFlow', () => {
  it('learns two half moons: the loss falls from .59 below .01 in 200 steps of Adam', async () => {
    const losses = await train(compiled(toTensorFlow(tf, adam({ learningRate: 0.03 }))), 200)
    expect(losses[0]).toBeCloseTo(0.59, 2)
    expect(losses.at(-1)).toBeLessThan(0.01)
  })

  it('learns them with clipped AdamW on a schedule, which TensorFlow.js lacks', async () => {
    const optimizer = chain(clipByGlobalNorm(1), adamw({ weightDecay: 1e-3 }))
    const schedule = (step: number): number => 0.03 * Math.min(1, (step + 1) / 10)
    const losses = await train(compiled(toTensorFlow(tf, optimizer, { schedule })), 200)
    expect(losses.at(-1)).toBeLessThan(0.02)
  })

  it("has after 100 steps the weights that TensorFlow.js's sgd gives, bit for bit", async () => {
    const [model, reference] = [
      compiled(toTensorFlow(tf, sgd({ learningRate: 0.1 }))),
      compiled(tf.train.sgd(0.1)),
    ]
    await train(model, 100)
    await train(reference, 100)
    expect(difference(model, reference)).toBe(0)
  })

  // TensorFlow.js's own epsilon is 1e-7, or 1e-4 on half-precision devices; it keeps the corrections in f32.
  it("has the weights that TensorFlow.js's adam gives, to 1 ULP after 1 step and 2e-5 after 100", async () => {
    const ours = adam({ learningRate: 0.01, epsilon: 1e-7 })
    const [model, reference] = [
      compiled(toTensorFlow(tf, ours)),
      compiled(tf.train.adam(0.01, 0.9, 0.999, 1e-7)),
    ]
    await train(model, 1)
    await train(reference, 1)
    expect(difference(model, reference)).toBeLessThanOrEqual(2 ** -23)
    await train(model, 99)
    await train(reference, 99)
    expect(difference(model, reference)).toBeLessThan(2e-5)
  })

  it('takes the rate of each step from the schedule', async () => {
    const rates = [0.1, 0.3, 0.2, 0]
    const asked: number[] = []
    const schedule = (step: number): number => {
      asked.push(step)
      return rates[step]
    }
    const model = compiled(toTensorFlow(tf, sgd({ learningRate: 7 }), { schedule }))
    const plain = tf.train.sgd(1)
    const reference = compiled(plain)
    await train(model, rates.length)
    for (const rate of rates) {
      plain.setLearningRate(rate)
      await train(reference, 1)
    }
    expect(asked).toEqual([0, 1, 2, 3])
    expect(difference(model, reference)).toBe(0)
  })

  it('makes no tensor that stays', async () => {
    const model = compiled(toTensorFlow(tf, adam()))
    await train(model, 1)
    const { numTensors, numBytes } = tf.memory()
    await train(model, 10)
    expect(tf.memory()).toMatchObject({ numTensors, numBytes })
  })
})

describe('state by name', () => {
  it('survives layers that are frozen and thawed, where state by position does not', async () => {
    const alternate = async (optimizer: tf.Optimizer): Promise<Sequential> => {
      const model = classifier()
      const [hidden, output] = model.layers
      for (const [trainsHidden, trainsOutput] of [
        [false, true],
        [true, false],
        [true, true],
      ]) {
        hidden.trainable = trainsHidden
        output.trainable = trainsOutput
        await train(compiled(optimizer, model), 3)
      }
      return model
    }
    await expect(alternate(tf.train.adam(0.01))).rejects.toThrow('could not be broadcast')
    const optimizer = toTensorFlow(tf, adam({ learningRate: 0.01 }))
    const model = await alternate(optimizer)
    const { iterations, variables } = optimizer.save()
    expect(iterations).toBe(9)
    expect(Object.fromEntries(Object.entries(variables).map(([name, { step }]) => [name, step]))).toEqual(
      Object.fromEntries(model.weights.map(({ name }) => [name, 6])),
    )
  })

  it('starts where a variable appears: its first step of Adam is the learning rate', () => {
    const optimizer = toTensorFlow(tf, adam({ learningRate: 0.01 }))
    const [early, late] = [tf.variable(tf.scalar(0)), tf.variable(tf.scalar(0))]
    const gradient = tf.scalar(5)
    for (let step = 0; step < 20; step++) optimizer.applyGradients({ [early.name]: gradient })
    optimizer.applyGradients({ [early.name]: gradient, [late.name]: gradient })
    expect(early.dataSync()[0]).toBeCloseTo(-0.21, 5)
    expect(late.dataSync()[0]).toBeCloseTo(-0.01, 6)
  })

  it('rests while a variable is frozen or has no gradient', () => {
    const [partly, always] = [tf.variable(tf.scalar(1)), tf.variable(tf.scalar(1))]
    const [optimizer, reference] = [toTensorFlow(tf, adam()), toTensorFlow(tf, adam())]
    const alone = tf.variable(tf.scalar(1))
    for (const value of [3, -1, 0.5, 2]) {
      const gradient = tf.scalar(value)
      const present = value > 0
      optimizer.applyGradients([
        { name: always.name, tensor: gradient },
        ...(present ? [{ name: partly.name, tensor: gradient }] : []),
      ])
      if (present) reference.applyGradients({ [alone.name]: gradient })
    }
    expect(partly.dataSync()).toEqual(alone.dataSync())
    expect(always.dataSync()).not.toEqual(alone.dataSync())
  })

  it('is stepped for all variables of an update together, also for those at other steps', () => {
    const calls: (readonly (readonly [string, number])[])[] = []
    const plain = sgd()
    const watched: Optimizer = {
      ...plain,
      step(parameters, gradient, state, overrides) {
        calls.push(Object.entries(gradient).map(([name, [value]]) => [name, value] as const))
        return plain.step(parameters, gradient, state, overrides)
      },
    }
    const optimizer = toTensorFlow(tf, watched)
    const [a, b] = [tf.variable(tf.scalar(0), true, 'a'), tf.variable(tf.scalar(0), true, 'b')]
    const minimize = (factors: readonly (readonly [tf.Scalar, number])[]): void => {
      optimizer.minimize(() => tf.addN(factors.map(([variable, factor]) => tf.mul(variable, factor))))
    }
    minimize([[a, 3]])
    minimize([
      [a, 3],
      [b, 4],
    ])
    expect(calls[0]).toEqual([['a', 3]])
    // One call for a at its second step, one for b at its first: each sees both gradients and moves its own.
    expect(calls.slice(1)).toEqual(
      Array(2).fill([
        ['a', 3],
        ['b', 4],
      ]),
    )
    expect(a.dataSync()[0]).toBeCloseTo(-0.06)
    expect(b.dataSync()[0]).toBeCloseTo(-0.04)
    tf.dispose([a, b])
  })

  it('lets a chain clip by the norm over all variables', () => {
    const optimizer = toTensorFlow(tf, chain(clipByGlobalNorm(1), sgd({ learningRate: 1 })))
    const [a, b] = [tf.variable(tf.scalar(0)), tf.variable(tf.scalar(0))]
    optimizer.applyGradients({ [a.name]: tf.scalar(3), [b.name]: tf.scalar(4) })
    expect(a.dataSync()[0]).toBeCloseTo(-0.6)
    expect(b.dataSync()[0]).toBeCloseTo(-0.8)
  })

  it('is of several models at once', async () => {
    const shared = toTensorFlow(tf, adam())
    const [one, other] = [compiled(shared), compiled(shared)]
    const alone = compiled(toTensorFlow(tf, adam()))
    for (let step = 0; step < 3; step++) {
      await train(one, 1)
      await train(other, 1)
      await train(alone, 1)
    }
    expect(difference(one, alone)).toBe(0)
    expect(difference(other, alone)).toBe(0)
  })
})

describe('saving and restoring', () => {
  it.each<[string, () => Optimizer]>([
    ['adam', () => adam()],
    ['clipped, with look-ahead', () => chain(clipByGlobalNorm(0.1), adamw(), lookahead({ period: 3 }))],
    ['grouped', () => grouped(adamw(), [{ tensors: ['*bias*'], frozen: true }])],
    ['accumulated', () => accumulate(skipNonFinite(adam()), { steps: 2 })],
    ['schedule-free', () => scheduleFreeAdamw()],
    ['muon', () => muon()],
    ['adafactor', () => adafactor()],
  ])('%s: 5 steps, save, restore, 5 steps are 10 steps, bit for bit', async (name, create) => {
    const [optimizer, other, next] = Array.from({ length: 3 }, () => toTensorFlow(tf, create()))
    const [interrupted, uninterrupted, continued] = [classifier(), classifier(), classifier()]
    // The layers join one after the other, so that they are at different steps.
    const begin = async (model: Sequential, by: tf.Optimizer): Promise<void> => {
      const [hidden] = model.layers
      hidden.trainable = false
      await train(compiled(by, model), 2)
      hidden.trainable = true
      await train(compiled(by, model), 3)
    }
    await begin(uninterrupted, other)
    await train(uninterrupted, 5)
    await begin(interrupted, optimizer)
    const saved = JSON.parse(JSON.stringify(optimizer.save()))
    continued.setWeights(interrupted.getWeights())
    next.restore(saved, renaming(interrupted, continued))
    await train(compiled(next, continued), 5)
    expect(difference(continued, interrupted)).toBeGreaterThan(0)
    expect(difference(continued, uninterrupted)).toBe(0)
    expect(next.iterations).toBe(10)
    const trainsOthers = name === 'schedule-free' || name === 'clipped, with look-ahead'
    expect(next.evaluationParameters() !== undefined).toBe(trainsOthers)
  })

  it("goes through a model's file, and saving again makes no tensor that stays", async () => {
    const optimizer = toTensorFlow(tf, adam())
    const model = compiled(optimizer)
    await train(model, 5)
    const files: tf.io.ModelArtifacts[] = []
    const handler = tf.io.withSaveHandler(async (artifacts) => {
      files.push(artifacts)
      return { modelArtifactsInfo: tf.io.getModelArtifactsInfoForJSON(artifacts) }
    })
    await model.save(handler, { includeOptimizer: true })
    const { numTensors } = tf.memory()
    await model.save(handler, { includeOptimizer: true })
    expect(tf.memory().numTensors).toBe(numTensors)

    const [{ weightData = new ArrayBuffer(0), weightSpecs = [] }] = files
    const weights = Object.entries(tf.io.decodeWeights(weightData, weightSpecs))
    const next = toTensorFlow(tf, adam())
    await next.setWeights(weights.map(([name, tensor]) => ({ name, tensor })))
    expect(next.save()).toEqual(optimizer.save())
  })

  it('refuses what does not fit, and changes nothing', async () => {
    const optimizer = toTensorFlow(tf, adam())
    await train(compiled(optimizer), 1)
    const saved = optimizer.save()
    const refuses = (broken: typeof saved, message: string): void => {
      expect(() => optimizer.restore(broken)).toThrow(new TypeError(message))
      expect(optimizer.save()).toEqual(saved)
    }
    refuses({ ...saved, optimizer: 'sgd' }, 'toTensorFlow(adam): the saved state is of sgd')
    refuses(
      { ...saved, iterations: 0.5 },
      'toTensorFlow(adam): the saved iterations must be a whole number, got 0.5',
    )
    const [first] = Object.values(saved.variables)
    refuses({ ...saved, variables: { nowhere: first } }, 'toTensorFlow(adam): there is no variable nowhere')
    await expect(optimizer.setWeights([])).rejects.toThrow(
      'toTensorFlow(adam): the weights are of another optimizer',
    )
  })
})

it('changes no tensor that shares memory with a variable', () => {
  const variable = tf.variable(tf.tensor1d([1, 2]))
  const before = variable.clone()
  toTensorFlow(tf, sgd({ learningRate: 1 })).applyGradients({ [variable.name]: tf.tensor1d([1, 1]) })
  expect([...before.dataSync()]).toEqual([1, 2])
  expect([...variable.dataSync()]).toEqual([0, 1])
})

it('refuses variables that it cannot train', () => {
  const optimizer = toTensorFlow(tf, sgd())
  const whole = tf.variable(tf.scalar(1, 'int32'), true, 'whole')
  expect(() => optimizer.applyGradients({ nowhere: tf.scalar(1) })).toThrow(
    new TypeError('toTensorFlow(sgd): there is no variable nowhere'),
  )
  expect(() => optimizer.applyGradients({ whole: tf.scalar(1) })).toThrow(
    new TypeError('toTensorFlow(sgd): whole must be float32'),
  )
  const pair = tf.variable(tf.tensor1d([1, 2]), true, 'pair')
  expect(() => optimizer.applyGradients({ pair: tf.tensor1d([1, 2, 3]) })).toThrow(
    new TypeError('sgd: the gradient of pair must have 2 elements, got 3'),
  )
  tf.dispose([whole, pair])
})

it('names itself and its hyper-parameters, and forgets all when disposed', async () => {
  const optimizer = toTensorFlow(tf, sgd({ learningRate: 0.5 }))
  expect(optimizer).toBeInstanceOf(tf.Optimizer)
  expect([optimizer.getClassName(), optimizer.getConfig()]).toMatchObject(['sgd', { learningRate: 0.5 }])
  await train(compiled(optimizer), 1)
  const { numTensors } = tf.memory()
  await optimizer.getWeights()
  optimizer.dispose()
  expect(tf.memory().numTensors).toBe(numTensors)
  expect(optimizer.save()).toEqual({ optimizer: 'sgd', iterations: 0, variables: {} })
})
