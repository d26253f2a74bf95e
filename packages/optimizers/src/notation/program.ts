import type { BinaryOperator, Comparison, FunctionName } from './syntax.ts'

/** What an expression is over: one number a step, one number a coordinate, or the condition of a `where`. */
export type Shape = 'scalar' | 'vector' | 'mask'

export type Operation =
  | Exclude<BinaryOperator, '**'>
  | Comparison
  | Exclude<FunctionName, 'pow'>
  | 'negate'
  | 'power'

/** A value in a rule. Equal expressions are one node, so a sum that is written twice is computed once. */
export type Node =
  | { readonly kind: 'constant'; readonly shape: 'scalar'; readonly value: number }
  | { readonly kind: 'hyperparameter'; readonly shape: 'scalar'; readonly name: string }
  | { readonly kind: 'step'; readonly shape: 'scalar' }
  | { readonly kind: 'parameter'; readonly shape: 'vector' }
  | { readonly kind: 'gradient'; readonly shape: 'vector' }
  | { readonly kind: 'state'; readonly shape: 'scalar' | 'vector'; readonly name: string }
  | {
      readonly kind: 'operation'
      readonly shape: Shape
      readonly operation: Operation
      readonly inputs: readonly Node[]
    }

/** A variable that lives from step to step. */
interface StateVariable {
  readonly name: string
  readonly initial: number
  readonly shape: 'scalar' | 'vector'
  /** Its value after the step. */
  readonly next: Node
}

/** A rule, understood: what it keeps, and what w becomes. */
export interface Program {
  readonly states: readonly StateVariable[]
  readonly parameter: Node
  /** The statements as read, for the interpreter. */
  readonly text: string
}
