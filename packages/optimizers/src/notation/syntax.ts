import type { Place } from './rule-error.ts'

/** The functions of the notation and how many arguments each takes. */
export const functionArity = {
  sqrt: 1,
  abs: 1,
  sign: 1,
  exp: 1,
  log: 1,
  min: 2,
  max: 2,
  pow: 2,
  where: 3,
  sum: 1,
  mean: 1,
  norm: 1,
  dot: 2,
  globalNorm: 1,
} as const

export type FunctionName = keyof typeof functionArity
/** Functions of whole arrays: one number a tensor, `globalNorm` one over all tensors. */
export type ReductionName = 'sum' | 'mean' | 'norm' | 'dot' | 'globalNorm'

const reductions: ReadonlySet<FunctionName> = new Set(['sum', 'mean', 'norm', 'dot', 'globalNorm'])

export function isReduction(name: FunctionName): name is ReductionName {
  return reductions.has(name)
}

/** numpy's names of the functions whose own name is shorter. */
const numpyNames: Readonly<Record<string, FunctionName>> = {
  maximum: 'max',
  minimum: 'min',
  absolute: 'abs',
  power: 'pow',
  global_norm: 'globalNorm',
}

/** The function that a name stands for; undefined if there is none. */
export function functionNamed(name: string): FunctionName | undefined {
  if (Object.hasOwn(numpyNames, name)) return numpyNames[name]
  return Object.keys(functionArity).find((each): each is FunctionName => each === name)
}

export type BinaryOperator = '+' | '-' | '*' | '/' | '**'
export type Comparison = '<' | '<=' | '>' | '>=' | '==' | '!='

/** An expression, as written. */
export type Expression = Place &
  (
    | { readonly kind: 'number'; readonly value: number }
    | { readonly kind: 'name'; readonly name: string }
    | { readonly kind: 'negate'; readonly operand: Expression }
    | {
        readonly kind: 'binary'
        readonly operator: BinaryOperator
        readonly left: Expression
        readonly right: Expression
      }
    | {
        readonly kind: 'compare'
        readonly operator: Comparison
        readonly left: Expression
        readonly right: Expression
      }
    | { readonly kind: 'call'; readonly function: FunctionName; readonly arguments: readonly Expression[] }
  )

/** One line: the values are computed first, then assigned in order. `w += x` is kept as `w = w + x`. */
export interface Statement extends Place {
  readonly targets: readonly string[]
  readonly values: readonly Expression[]
}
