import type { Program } from './notation/program.ts'
export interface Optimizer {
  readonly name: string
}
export type OptimizerState = object
export type Parameters = Float32Array
export type SavedState = object
export function ruleOptimizer(
  name: string,
  _program: Program,
  _values: ReadonlyMap<string, number>,
): Optimizer {
  return { name }
}
