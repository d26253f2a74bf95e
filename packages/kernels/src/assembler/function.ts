import { emission } from './emission.ts'
import type { Code, EmittedFunction, ImportedFunction, Local, Type, ValueType } from './types.ts'

/** Locals of the types given, in the same order. */
type LocalsOf<T extends readonly Type[]> = {
  readonly [K in keyof T]: T[K] extends Type<infer V> ? Local<V> : never
}

export interface FunctionText<In extends readonly Type[], Locals extends readonly Type[]> {
  readonly in: In
  readonly locals?: Locals
  readonly out: readonly Type[]
}

/**
 * A function whose body is what `body` calls: parameters are in their locals, results are what it leaves on the stack.
 * `body` runs once, when the function is first assembled; what it emits is validated when the module is compiled.
 *
 * @example
 * const square = func({ in: [f64], out: [f64] }, ([x]) => {
 *   local.get(x)
 *   local.get(x)
 *   f64.mul()
 * })
 */
export function func<const In extends readonly Type[], const Locals extends readonly Type[] = readonly []>(
  text: FunctionText<In, Locals>,
  body: (parameters: LocalsOf<In>, locals: LocalsOf<Locals>) => void,
): EmittedFunction {
  const args = kinds(text.in)
  const locals = kinds(text.locals ?? [])
  const variables = [...args, ...locals].map((type, index): Local => ({ type, index }))
  let code: Code | undefined
  return {
    kind: 'function',
    type: { args, results: kinds(text.out) },
    locals,
    code() {
      code ??= emission(() =>
        body(
          variables.slice(0, args.length) as LocalsOf<In>,
          variables.slice(args.length) as LocalsOf<Locals>,
        ),
      )
      return code
    },
  }
}

/** A function of JavaScript, to be called from emitted ones. */
export function importFunc(
  name: string,
  { in: parameters, out }: FunctionText<readonly Type[], readonly []>,
  run: ImportedFunction['run'],
): ImportedFunction {
  return { kind: 'import', name, type: { args: kinds(parameters), results: kinds(out) }, run }
}

function kinds(types: readonly Type[]): ValueType[] {
  return types.map(({ kind }) => kind)
}
