import { endMark } from './control.ts'
import { sized, unsigned, utf8, vector } from './encoding.ts'
import type { AnyFunction, EmittedFunction, FunctionType, ImportedFunction, ValueType } from './types.ts'

// Modules: section 5.5 of the WebAssembly Core Specification.

/** What a module is made of; everything that the exports call comes along. */
export interface ModuleText {
  readonly exports: Readonly<Record<string, EmittedFunction>>
  /** The memory that loads and stores go to, and its sizes in pages of 64 KiB. */
  readonly memory: {
    readonly value: WebAssembly.Memory
    readonly min: number
    readonly max: number
    /** Whether threads share it; false by default. */
    readonly shared?: boolean
  }
}

export interface AssembledModule {
  readonly bytes: Uint8Array<ArrayBuffer>
  /** What an instance of it wants. */
  readonly imports: WebAssembly.Imports
  /** The functions among them, by the names under which they are wanted. */
  readonly functions: readonly (readonly [wantedAs: string, imported: ImportedFunction])[]
}

const valueTypeCodes: Readonly<Record<ValueType, number>> = {
  i32: 0x7f,
  i64: 0x7e,
  f32: 0x7d,
  f64: 0x7c,
  v128: 0x7b,
}

/** The one module that imports are said to come from. */
const importModule = 'js'

/** Encodes a module. Each function is in it once, imported ones first. */
export function assemble({ exports, memory }: ModuleText): AssembledModule {
  const { imported, emitted } = reachable(Object.values(exports))
  const functions = [...imported, ...emitted]
  const indices = new Map<AnyFunction, number>(functions.map((callee, index) => [callee, index]))
  const indexOf = (callee: AnyFunction): number[] => unsigned(indices.get(callee) ?? 0)
  const signatures = functions.map(({ type }) => signature(type))
  const types = new Map(signatures.map((type) => [String(type), type]))
  const typeOrder = [...types.keys()]
  const typeOf = (index: number): number[] => unsigned(typeOrder.indexOf(String(signatures[index])))
  const importedAs = (name: string | number): number[] => [...utf8(importModule), ...utf8(String(name))]
  const bytes = [
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, [...types.values()]),
    ...section(2, [
      [
        ...importedAs('memory'),
        0x02,
        memory.shared ? 0x03 : 0x01,
        ...unsigned(memory.min),
        ...unsigned(memory.max),
      ],
      ...imported.map((_, index) => [...importedAs(index), 0x00, ...typeOf(index)]),
    ]),
    ...section(
      3,
      emitted.map((_, index) => typeOf(imported.length + index)),
    ),
    ...section(
      7,
      Object.entries(exports).map(([name, exported]) => [...utf8(name), 0x00, ...indexOf(exported)]),
    ),
    ...section(
      10,
      emitted.map(({ locals, code }) => {
        const linked = code().flatMap((part) => (typeof part === 'number' ? part : indexOf(part)))
        return sized([...vector(runs(locals)), ...linked, endMark])
      }),
    ),
  ]
  const functionImports = imported.map((each, index) => [String(index), each] as const)
  return {
    bytes: new Uint8Array(bytes),
    imports: {
      [importModule]: {
        memory: memory.value,
        ...Object.fromEntries(functionImports.map(([name, { run }]) => [name, run])),
      },
    },
    functions: functionImports,
  }
}

/** The functions given and whatever they call, directly or not. */
function reachable(roots: readonly EmittedFunction[]) {
  const imported = new Set<ImportedFunction>()
  const emitted = new Set(roots)
  // The set grows while it is walked.
  for (const caller of emitted) {
    for (const part of caller.code()) {
      if (typeof part === 'number') continue
      if (part.kind === 'import') imported.add(part)
      else emitted.add(part)
    }
  }
  return { imported: [...imported], emitted: [...emitted] }
}

function section(id: number, items: readonly (readonly number[])[]): number[] {
  return [id, ...sized(vector(items))]
}

function signature({ args, results }: FunctionType): number[] {
  const codes = (types: readonly ValueType[]): number[] => sized(types.map((type) => valueTypeCodes[type]))
  return [0x60, ...codes(args), ...codes(results)]
}

/** Locals as runs of one type: how many, and which. */
function runs(locals: readonly ValueType[]): number[][] {
  const lengths: { readonly type: ValueType; length: number }[] = []
  for (const type of locals) {
    const last = lengths.at(-1)
    if (last?.type === type) last.length++
    else lengths.push({ type, length: 1 })
  }
  return lengths.map(({ type, length }) => [...unsigned(length), valueTypeCodes[type]])
}
