import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { adam } from './index.ts'
import { toTensorFlow } from './tfjs.ts'
tf.env().set('IS_TEST', true)
await tf.setBackend('cpu')
const a = tf.variable(tf.ones([300, 300]), true, 'a'), b = tf.variable(tf.ones([300]), true, 'b')
const g = { a: tf.ones([300, 300]), b: tf.ones([300]) }
for (let r = 0; r < 2; r++)
for (const [n, opt] of [['ours', toTensorFlow(tf, adam())], ['theirs', tf.train.adam(0.001)]] as const) {
  for (let i = 0; i < 50; i++) opt.applyGradients(g)
  const t0 = performance.now(); for (let i = 0; i < 300; i++) opt.applyGradients(g)
  console.log(n, (performance.now() - t0) / 300, 'ms for 90300 parameters', tf.memory().numTensors)
}
const o = toTensorFlow(tf, adam())
const t0 = performance.now(); for (let i = 0; i < 300; i++) o.applyGradients(i % 2 ? g : { a: g.a })
console.log('alternating', (performance.now() - t0) / 300, process.memoryUsage().rss / 2**20)
