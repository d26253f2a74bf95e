import { z } from 'zod'
import { layerSchema } from './layer.ts'
import { named } from './named.ts'

const init = named('init', [
  z
    .strictObject({ name: z.literal('normal'), scale: z.number().gt(0).max(100).default(0.01) })
    .describe('weights = scale * standard normal'),
  z.strictObject({ name: z.literal('he') }).describe('weights = sqrt(2 / inputs) * standard normal'),
  z
    .strictObject({ name: z.literal('xavier') })
    .describe('weights = sqrt(2 / (inputs + outputs)) * standard normal'),
  z
    .strictObject({ name: z.literal('orthogonal'), gain: z.number().gt(0).max(100).default(1) })
    .describe('weights with orthogonal rows or columns, times gain'),
])

const mlp = z
  .strictObject({
    name: z.literal('mlp'),
    hidden: z
      .array(z.int().min(1).max(65_536))
      .max(64)
      .default([100])
      .describe('Units of each hidden layer.'),
    activation: z.enum(['relu', 'leakyRelu', 'gelu', 'tanh', 'sigmoid']).default('relu'),
    init: init.default({ name: 'he' }),
  })
  .describe('Fully connected layers with an activation between them; biases start at 0.')

const network = z
  .strictObject({
    name: z.literal('network'),
    layers: z
      .array(layerSchema)
      .min(1)
      .max(128)
      .describe('In order; a dense layer with one unit for each class follows the last.'),
    init: init.default({ name: 'he' }),
  })
  .describe('Layers one after another; images are [rows, columns, channels].')

/** The network. */
export const modelSchema = named('model', [mlp, network])
export type ModelDocument = z.output<typeof modelSchema>
export type InitDocument = z.output<typeof init>

/** What training makes small. */
export const lossSchema = named('loss', [
  z
    .strictObject({ name: z.literal('softmaxCrossEntropy') })
    .describe('Minus the log of the probability of the label.'),
  z
    .strictObject({ name: z.literal('hinge'), margin: z.number().gt(0).max(1000).default(1) })
    .describe(
      'The multiclass support vector machine: sum of max(0, z_j - z_y + margin) over the other classes j.',
    ),
  z
    .strictObject({ name: z.literal('meanSquaredError') })
    .describe('Mean of the squared differences from 1 at the label and 0 elsewhere.'),
])
export type LossDocument = z.output<typeof lossSchema>
