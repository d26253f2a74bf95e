import type { Defaults, OptimizerOptions } from './define-rule.ts'
import type { Optimizer } from './optimizer.ts'
import { type CheckedValues, checkedValues } from './runtime/definition.ts'
import { type Range, rangeOf } from './runtime/hyperparameters.ts'
import { type Method, methodOptimizer } from './runtime/method-optimizer.ts'

/** An optimizer that no rule over coordinates can say. */
export interface MethodDefinition<D extends Defaults = Defaults> {
  readonly name: string
  readonly source: string
  readonly hyperparameters: D
  readonly ranges?: Readonly<{ [H in keyof D]?: Range }>
  /** What no step can change. */
  readonly fixed?: readonly (keyof D & string)[]
  /** The equations, for people. */
  readonly rule: string
  readonly method: Omit<Method, 'name' | 'ranges' | 'fixed' | keyof CheckedValues>
}

/** The constructor of such an optimizer; throws RangeError naming parameter, range and value. */
export interface MethodConstructor<D extends Defaults = Defaults> {
  (options?: Omit<OptimizerOptions<D>, 'convention'>): Optimizer
  readonly definition: MethodDefinition<D>
}

/** Defines an optimizer by a method for one tensor at a time. */
export function defineMethod<const D extends Defaults>(
  definition: MethodDefinition<D>,
): MethodConstructor<D> {
  const { name, hyperparameters, method } = definition
  const given: Readonly<Record<string, Range | undefined>> = definition.ranges ?? {}
  const ranges = new Map(Object.keys(hyperparameters).map((key) => [key, given[key] ?? rangeOf(key)]))
  const construct = (options: Readonly<Record<string, unknown>> = {}): Optimizer => {
    const { values, flags } = checkedValues(definition, {}, ranges, options)
    const fixed = new Set<string>([...flags, ...(definition.fixed ?? [])])
    return methodOptimizer({ ...method, name, ranges, values, flags, fixed })
  }
  return Object.assign(construct, { definition })
}
