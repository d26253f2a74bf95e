/** Value types; section 5.3.5 of the WebAssembly Core Specification gives their codes. */
export type ValueType = 'i32' | 'i64' | 'f32' | 'f64' | 'v128'

/** Names a value type: `i32` and its like, which carry the type's instructions, are such. */
export interface Type<T extends ValueType = ValueType> {
  readonly kind: T
}

/** A parameter or local of the function at hand. */
export interface Local<T extends ValueType = ValueType> {
  readonly type: T
  /** Parameters come first. */
  readonly index: number
}

export interface FunctionType {
  readonly args: readonly ValueType[]
  readonly results: readonly ValueType[]
}

/** A function of JavaScript. */
export interface ImportedFunction {
  readonly kind: 'import'
  /** What it is called in other threads, which have a function of their own by this name: `Math.log`. */
  readonly name: string
  readonly type: FunctionType
  readonly run: (...values: number[]) => number
}

/** A function to be emitted. It belongs to no module: each in which it is called gets a copy. */
export interface EmittedFunction {
  readonly kind: 'function'
  readonly type: FunctionType
  readonly locals: readonly ValueType[]
  /** Its instructions, emitted when first asked for. */
  code(): Code
}

export type AnyFunction = ImportedFunction | EmittedFunction

/** Bytes of instructions; a callee stands where its index will be, which is known per module only. */
export type Code = readonly (number | AnyFunction)[]
