import type { BinaryOperator, Comparison, FunctionName, ReductionName } from './syntax.ts'

/** What an expression is over: one number a step, one number a coordinate, or the condition of a `where`. */
export type Shape = 'scalar' | 'vector' | 'mask'

/** What a sum is over: each row of a tensor, the tensor, or all tensors. */
export type Scope = 'row' | 'tensor' | 'all'

export type Operation =
  | Exclude<BinaryOperator, '**'>
  | Comparison
  | Exclude<FunctionName, 'pow' | ReductionName>
  | 'negate'
  | 'power'

/** Where the value of a node comes from. */
type Value =
  /** `absent`: a hyper-parameter that was left at its default of 0; what it multiplies is left out of the rule. */
  | { readonly kind: 'constant'; readonly shape: 'scalar'; readonly value: number; readonly absent?: true }
  | { readonly kind: 'hyperparameter'; readonly shape: 'scalar'; readonly name: string }
  | { readonly kind: 'step'; readonly shape: 'scalar' }
  /** How many elements a sum of this scope is over. */
  | { readonly kind: 'count'; readonly shape: 'scalar'; readonly scope: Scope }
  | { readonly kind: 'parameter'; readonly shape: 'vector' }
  | { readonly kind: 'gradient'; readonly shape: 'vector' }
  | { readonly kind: 'state'; readonly shape: 'scalar' | 'vector'; readonly name: string }
  | {
      readonly kind: 'operation'
      readonly shape: Shape
      readonly operation: Operation
      readonly inputs: readonly Node[]
    }
  /** The sum of a vector's elements, or of its products with another vector, in f64. */
  | {
      readonly kind: 'sum'
      readonly shape: 'scalar'
      readonly scope: Scope
      readonly inputs: readonly Node[]
    }

/**
 * A value in a rule. Equal expressions are one node, so a sum that is written twice is computed once.
 *
 * `level` is how many passes over memory must be complete before it can be computed: 1 for what needs a sum over an
 * array, 2 for what needs a sum over a vector that needs such a sum.
 */
export type Node = Value & { readonly level: number }

export type OperationNode = Extract<Node, { kind: 'operation' }>
export type SumNode = Extract<Node, { kind: 'sum' }>

/** What a state is before the first step. */
export type InitialValue =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'hyperparameter'; readonly name: string }
  /** The parameter as it is then. */
  | { readonly kind: 'parameter' }

/** A variable that lives from step to step. */
export interface StateVariable {
  readonly name: string
  readonly initial: InitialValue
  readonly shape: 'scalar' | 'vector'
  /** Its value before the step. */
  readonly leaf: Node
  /** Its value after the step. */
  readonly next: Node
}

/** Rules, understood: what they keep, and what w and the gradient become. */
export interface Program {
  /** The names whose values a step needs, in the order in which they are given. */
  readonly hyperparameters: readonly string[]
  readonly states: readonly StateVariable[]
  readonly parameter: { readonly leaf: Node; readonly next: Node }
  /** What the rules made of the gradient. */
  readonly gradient: Node
}

/** A value that is one number a unit of memory, not one a coordinate. */
export function isNumber(node: Node): boolean {
  return (
    node.shape === 'scalar' ||
    (node.shape === 'mask' && node.kind === 'operation' && node.inputs.every(isNumber))
  )
}
