import { z } from 'zod'
import { named } from './named.ts'

const init = named('init', [
  z
    .strictObject({ name: z.literal('normal'), scale: z.number().gt(0).max(100).default(0.01) })
    .describe('weights = scale * standard normal'),
  z.strictObject({ name: z.literal('he') }).describe('weights = sqrt(2 / inputs) * standard normal'),
])

const mlp = z
  .strictObject({
    name: z.literal('mlp'),
    hidden: z
      .array(z.int().min(1).max(65_536))
      .max(64)
      .default([100])
      .describe('Units of each hidden layer.'),
    activation: z.literal('relu').default('relu'),
    init: init.default({ name: 'he' }),
  })
  .describe('Fully connected layers with an activation between them; biases start at 0.')

/** The network. */
export const modelSchema = named('model', [mlp])
export type ModelDocument = z.output<typeof modelSchema>
export type InitDocument = z.output<typeof init>
