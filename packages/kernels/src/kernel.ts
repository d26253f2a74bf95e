import {
  type AssembledModule,
  assemble,
  type EmittedFunction,
  func,
  type ImportedFunction,
  i32,
  type Local,
  type Type,
} from './assembler/index.ts'
import type { Workspace } from './workspace.ts'

/** A function over workspace memory: addresses, counts and strides (bytes) are whole numbers. */
export interface Kernel {
  readonly name: string
  readonly func: EmittedFunction
}

/** A function of JavaScript that a plan calls like a kernel. */
export interface HostKernel {
  readonly name: string
  readonly func: ImportedFunction
}

/** The type of a kernel's local. */
export type LocalType = Type<'i32'> | Type<'f32'> | Type<'f64'> | Type<'v128'>

/** A kernel's parameters and locals, by name. */
type Variables<P extends string, L extends Readonly<Record<string, LocalType>>> = Readonly<
  Record<P, Local<'i32'>>
> & {
  readonly [K in keyof L]: L[K] extends Type<infer T> ? Local<T> : Local
}

export interface KernelText<P extends string, L extends Readonly<Record<string, LocalType>>> {
  readonly name: string
  /** Addresses, counts and strides, in the order in which a plan gives them. */
  readonly parameters: readonly P[]
  readonly locals: L
  /** Emits the body. */
  readonly body: (variables: Variables<P, L>) => void
}

/** Writes a kernel with named parameters and locals. */
export function defineKernel<const P extends string, const L extends Readonly<Record<string, LocalType>>>(
  text: KernelText<P, L>,
): Kernel {
  const names = Object.keys(text.locals)
  const kernel = func(
    { in: text.parameters.map(() => i32), locals: Object.values<LocalType>(text.locals), out: [] },
    (parameters, locals) => {
      const variables = [
        ...text.parameters.map((name, index) => [name, parameters[index]] as const),
        ...names.map((name, index) => [name, locals[index]] as const),
      ]
      text.body(Object.fromEntries(variables) as Variables<P, L>)
    },
  )
  return { name: text.name, func: kernel }
}

/** A kernel bound to a workspace. */
export type BoundKernel = (...values: number[]) => void

/**
 * Emits one WebAssembly module with the kernels given, and binds them to a workspace's memory.
 * Synchronous; a few milliseconds for a kernel.
 */
export function bind<const N extends string>(
  workspace: Workspace,
  kernels: Readonly<Record<N, Kernel>>,
): Readonly<Record<N, BoundKernel>> {
  const functions = Object.entries<Kernel>(kernels).map(([name, kernel]) => [name, kernel.func] as const)
  return instantiate<N>(workspace, Object.fromEntries(functions))
}

/** Encodes functions as a module over a workspace's memory. */
export function assembleFor(
  { memory: value, bytesTotal, shared }: Workspace,
  functions: Readonly<Record<string, EmittedFunction>>,
): AssembledModule {
  const pages = bytesTotal / 65_536
  return assemble({ exports: functions, memory: { value, min: pages, max: pages, shared } })
}

/** Emits, compiles and instantiates functions over a workspace's memory. */
export function instantiate<const N extends string>(
  workspace: Workspace,
  functions: Readonly<Record<string, EmittedFunction>>,
): Readonly<Record<N, BoundKernel>> {
  const { bytes, imports } = assembleFor(workspace, functions)
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), imports)
  return exports as Record<N, BoundKernel>
}

/** Builds a kernel once per key: emitting it again would only make the same bytes. */
export function once<K extends string, A extends unknown[]>(
  create: (key: K, ...rest: A) => Kernel,
): (key: K, ...rest: A) => Kernel {
  const made = new Map<string, Kernel>()
  return (key, ...rest) => {
    const id = [key, ...rest].join(' ')
    const known = made.get(id)
    if (known !== undefined) return known
    const kernel = create(key, ...rest)
    made.set(id, kernel)
    return kernel
  }
}
