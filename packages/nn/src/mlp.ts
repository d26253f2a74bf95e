import { dense } from './dense.ts'
import type { Layer } from './layer.ts'
import { relu } from './relu.ts'

/** A multi-layer perceptron: dense layers of `hidden` units with a rectifier after each, then one of `classes`. */
export function mlp(hidden: readonly number[], classes: number): Layer[] {
  return [...hidden.flatMap((units) => [dense(units), relu()]), dense(classes)]
}
