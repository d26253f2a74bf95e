import type { Precision } from '../lanes.ts'
import { blasCheckBytes, wrongProduct } from './blas-check.ts'
import { blasFiles, blasNames, type Machine } from './blas-files.ts'
import { gemmsOver } from './blas-gemm.ts'
import { type BlasDescription, describeBlas, threadVariables } from './blas-vendor.ts'
import { type CblasGemm, cblasGemms } from './cblas.ts'
import { firstLine, type Koffi, loadKoffi, type NativeLibrary } from './koffi.ts'

/** A BLAS of the system, whose products have been checked. */
export interface BlasLibrary {
  readonly name: BlasDescription['name']
  /** `0.3.21`; `unknown` where the library does not say. */
  readonly version: string
  /** How it was built and for which processor; the bits of the results depend on both. */
  readonly configuration: string
  /** The file, or its name where the system does not tell. */
  readonly path: string
  /** Threads of one product when it was loaded; undefined where the library does not say. */
  readonly threads: number | undefined
  readonly gemm: Readonly<Record<Precision, CblasGemm>>
  /** Where a buffer's first byte lies in the process; a buffer that moves or goes makes it wrong. */
  addressOf(buffer: ArrayBufferLike): number
}

/** A library, or one sentence on why there is none. */
export type FoundBlas =
  | { readonly found: true; readonly library: BlasLibrary }
  | { readonly found: false; readonly reason: string }

export interface LoadBlasOptions {
  /** `openblas` (the default), `mkl`, `blis`, `accelerate`, or a file: a path, or a name that the loader looks up. */
  readonly library?: string
  /** Threads of one product, in [1, ∞); 1 by default. They are those of the whole process: the last load decides. */
  readonly threads?: number
}

/**
 * Loads a CBLAS with 32-bit sizes and tries its products. A worker thread loads for itself what the process then
 * shares; load in the main thread first, where threads that a library starts when it is loaded can be avoided.
 *
 * Throws RangeError for `threads` outside its range; whatever is wrong with a library is a reason.
 */
export function loadBlas(options: LoadBlasOptions = {}): FoundBlas {
  const { library = 'openblas', threads = 1 } = options
  if (!(Number.isInteger(threads) && threads >= 1)) {
    throw new RangeError(`loadBlas: threads must be a whole number in [1, ∞), got ${threads}`)
  }
  const koffi = loadKoffi()
  if (!koffi.found) return koffi
  const machine = { platform: process.platform, architecture: process.arch }
  return withThreadVariables(threads, () => findBlas(koffi.koffi, library, threads, machine))
}

/** The first file of `library` that can be loaded decides. */
export function findBlas(koffi: Koffi, library: string, threads: number, machine: Machine): FoundBlas {
  const name = blasNames.find((known) => known === library)
  const files = name === undefined ? [library] : blasFiles(name, machine)
  const reasons: string[] = []
  for (const file of files) {
    try {
      return useBlas(koffi, koffi.load(file), file, threads)
    } catch (error) {
      reasons.push(firstLine(error).replace('Failed to load shared library: ', ''))
    }
  }
  if (files.length === 0) return refused(`there is no ${library} for ${machine.platform}`)
  if (files.length === 1) return refused(`${library} cannot be loaded: ${reasons[0]}`)
  return refused(`no ${library} can be loaded: tried ${files.join(', ')}; the first: ${reasons[0]}`)
}

function useBlas(koffi: Koffi, native: NativeLibrary, file: string, threads: number): FoundBlas {
  const gemm = cblasOf(native)
  if (gemm === undefined) return refused(`${file} is no CBLAS: it lacks cblas_sgemm or cblas_dgemm`)
  const { wide, ...description } = describeBlas(native, threads)
  if (wide) return refused(`${file} takes 64-bit sizes (ILP64); only 32-bit sizes (LP64) are supported`)
  const addressOf = (buffer: ArrayBufferLike) => Number(koffi.address(new Uint8Array(buffer)))
  const buffer = new ArrayBuffer(blasCheckBytes)
  const wrong = wrongProduct(gemmsOver(gemm, buffer, addressOf(buffer)), buffer)
  if (wrong !== undefined) return refused(`${file} multiplies wrongly: ${wrong}`)
  return { found: true, library: { ...description, path: pathOf(koffi, native) ?? file, gemm, addressOf } }
}

function refused(reason: string): FoundBlas {
  return { found: false, reason }
}

function cblasOf(native: NativeLibrary): BlasLibrary['gemm'] | undefined {
  try {
    return cblasGemms(native)
  } catch {
    return undefined
  }
}

/** The file that a library's products come from, by dladdr, which Windows lacks. */
function pathOf(koffi: Koffi, native: NativeLibrary): string | undefined {
  // Dl_info: the file's name is the first of its four words.
  const info = Buffer.alloc(64)
  try {
    koffi.load(null).func('dladdr', 'int', ['uintptr_t', 'void *'])(native.symbol('cblas_sgemm'), info)
    return koffi.decode(info, 'str') ?? undefined
  } catch {
    return undefined
  }
}

/**
 * Libraries start threads as soon as they are loaded, as many as these variables say or as there are processors; they
 * would spin for a while beside ours. A worker thread has an environment of its own, which libraries do not see.
 */
function withThreadVariables<T>(threads: number, load: () => T): T {
  const before = threadVariables.map((name) => [name, process.env[name]] as const)
  for (const name of threadVariables) process.env[name] = String(threads)
  try {
    return load()
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name]
      else process.env[name] = value
    }
  }
}
