import { relu } from './activations.ts'
import { dense } from './dense.ts'
import type { Layer } from './layer.ts'

/** A multi-layer perceptron: dense layers of `hidden` units with an activation after each, then one of `classes`. */
export function mlp(hidden: readonly number[], classes: number, activation: () => Layer = relu): Layer[] {
  return [...hidden.flatMap((units) => [dense(units), activation()]), dense(classes)]
}
