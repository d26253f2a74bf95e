/**
 * A process that times its own first step of Adam on 1000 parameters, from when the library is loaded:
 * `first-call.ts thalweg <module>` or `first-call.ts tensorflow`. Prints milliseconds.
 */
import { importTensorflow } from './contenders/tensorflow.ts'
import { gradientOf, startParameters } from './contenders/trainer.ts'

const [parameters, gradient] = [startParameters(1000), gradientOf(1000)]
const [library, module] = process.argv.slice(2)

if (library === 'tensorflow') {
  const tf = await importTensorflow()
  const start = performance.now()
  await tf.setBackend('wasm')
  await tf.ready()
  const variable = tf.variable(tf.tensor1d(parameters))
  tf.train.adam(1e-3, 0.9, 0.999, 1e-8).applyGradients({ [variable.name]: tf.tensor1d(gradient) })
  variable.dataSync()
  console.log(performance.now() - start)
} else {
  const { adam }: typeof import('../packages/optimizers/src/index.ts') = await import(module)
  const start = performance.now()
  const optimizer = adam()
  optimizer.step(parameters, gradient, optimizer.init(parameters))
  console.log(performance.now() - start)
}
