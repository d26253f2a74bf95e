import { z } from 'zod'
import { named } from './named.ts'

const size = z.int().min(1).max(65_536)
const small = z.int().min(1).max(64)
const pair = (each: typeof small) => z.union([each, z.tuple([each, each])])
const padding = z.union([
  z.literal('same'),
  z.int().min(0).max(64),
  z.tuple([z.int().min(0).max(64), z.int().min(0).max(64)]),
])

const dense = z
  .strictObject({ name: z.literal('dense'), units: size })
  .describe('y = x W + b; images are flattened.')
const conv2d = z
  .strictObject({
    name: z.literal('conv2d'),
    filters: z.int().min(1).max(4096),
    kernel: pair(small).default(3).describe('Rows and columns.'),
    stride: pair(small).default(1),
    padding: padding.default(0),
  })
  .describe('Convolution over the rows and columns of an image.')
const pooling = {
  size: pair(small).default(2),
  stride: pair(small).optional().describe('The size by default.'),
}
const maxPool = z
  .strictObject({ name: z.literal('maxPool'), ...pooling })
  .describe('The largest number of each window.')
const averagePool = z
  .strictObject({ name: z.literal('averagePool'), ...pooling })
  .describe('The mean of each window.')
const flatten = z.strictObject({ name: z.literal('flatten') }).describe('An image as one row of features.')
const relu = z.strictObject({ name: z.literal('relu') }).describe('max(x, 0)')
const leakyRelu = z
  .strictObject({ name: z.literal('leakyRelu'), slope: z.number().gt(0).max(1).default(0.01) })
  .describe('x where x > 0, else slope * x')
const gelu = z
  .strictObject({ name: z.literal('gelu'), approximation: z.enum(['none', 'tanh']).default('none') })
  .describe('x Phi(x), Phi the normal distribution')
const tanh = z.strictObject({ name: z.literal('tanh') }).describe('tanh(x)')
const sigmoid = z.strictObject({ name: z.literal('sigmoid') }).describe('1 / (1 + e^-x)')
const epsilon = z.number().gt(0).max(1).default(1e-5)
const batchNorm = z
  .strictObject({
    name: z.literal('batchNorm'),
    momentum: z.number().min(0).max(1).default(0.1).describe('Share of a batch in the running statistics.'),
    epsilon,
  })
  .describe('Normalises every feature or channel over the batch; by running statistics when evaluated.')
const layerNorm = z
  .strictObject({ name: z.literal('layerNorm'), epsilon })
  .describe('Normalises every sample over its features.')
const dropout = z
  .strictObject({ name: z.literal('dropout'), rate: z.number().min(0).lt(1).default(0.5) })
  .describe('In training makes a fraction of the numbers 0 and scales the others up.')

const plain = [
  dense,
  conv2d,
  maxPool,
  averagePool,
  flatten,
  relu,
  leakyRelu,
  gelu,
  tanh,
  sigmoid,
  batchNorm,
  layerNorm,
  dropout,
] as const
const inner = named('layer', plain)

const residual = z
  .strictObject({
    name: z.literal('residual'),
    layers: z.array(inner).min(1).max(32),
    shortcut: z.array(inner).max(32).default([]).describe('Layers of the shortcut; none by default.'),
  })
  .describe('shortcut(x) + layers(x)')

/** A layer of a network. */
export const layerSchema = named('layer', [...plain, residual])
export type LayerDocument = z.output<typeof layerSchema>
