import { createRequire } from 'node:module'

/** What native functions take here: numbers, addresses, and arrays to write into. */
type NativeValue = number | bigint | ArrayBufferView

/** The C types of parameters and results. */
export type NativeType = 'int' | 'int64_t' | 'float' | 'double' | 'uintptr_t' | 'void *' | 'str' | 'void'

/** A loaded shared library. */
export interface NativeLibrary {
  /** Throws an Error when the library has no function of that name. */
  func(
    name: string,
    result: NativeType,
    parameters: readonly NativeType[],
  ): (...values: NativeValue[]) => unknown
  /** Its address; throws an Error when there is none. */
  symbol(name: string): bigint
}

/** What is used of koffi: calls of native functions by the C calling convention. */
export interface Koffi {
  /** Throws an Error when the library cannot be loaded; null is what the process has loaded already. */
  load(path: string | null): NativeLibrary
  /** Where a view's first byte lies. */
  address(view: ArrayBufferView): bigint
  /** The text that the first word of a view points to. */
  decode(view: ArrayBufferView, type: 'str'): string | null
}

/** koffi is an optional dependency: it may be missing, or have no binary for the machine. */
export function loadKoffi(): { found: true; koffi: Koffi } | { found: false; reason: string } {
  try {
    const koffi: Koffi = createRequire(import.meta.url)('koffi')
    return { found: true, koffi }
  } catch (error) {
    return { found: false, reason: `koffi cannot be loaded: ${firstLine(error)}` }
  }
}

/** What an error says, without the stack of modules that Node appends. */
export function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  return text.split('\n', 1)[0]
}
