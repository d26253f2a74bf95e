import type { NativeLibrary, NativeType } from './koffi.ts'

/** What a library says of itself, its threads set. */
export interface BlasDescription {
  readonly name: 'OpenBLAS' | 'MKL' | 'BLIS' | 'Accelerate' | 'CBLAS'
  readonly version: string
  /** How it was built and for which processor; the results depend on both. */
  readonly configuration: string
  /** Threads of one product; undefined where the library does not say. */
  readonly threads: number | undefined
  /** Whether its whole numbers have 64 bits (ILP64) where 32 are passed (LP64). */
  readonly wide: boolean
}

/** Environment variables that libraries read when they are loaded. */
export const threadVariables = [
  'OPENBLAS_NUM_THREADS',
  'MKL_NUM_THREADS',
  'BLIS_NUM_THREADS',
  'VECLIB_MAXIMUM_THREADS',
] as const

/** Recognises a library by its functions, and has it use so many threads, in the whole process if it can. */
export function describeBlas(library: NativeLibrary, threads: number): BlasDescription {
  const described = vendors.map((vendor) => vendor(library, threads)).find((found) => found !== undefined)
  const unknown = { version: 'unknown', configuration: 'unknown', threads: undefined, wide: false }
  return described ?? { name: 'CBLAS', ...unknown }
}

/** Undefined for a library of someone else. */
type Vendor = (library: NativeLibrary, threads: number) => BlasDescription | undefined

const openBlas: Vendor = (library, threads) => {
  const getConfig = optional(library, 'openblas_get_config', 'str')
  if (getConfig === undefined) return undefined
  optional(library, 'openblas_set_num_threads', 'void', ['int'])?.(threads)
  const config = String(getConfig()).trim()
  const core = optional(library, 'openblas_get_corename', 'str')?.()
  return {
    name: 'OpenBLAS',
    version: /^OpenBLAS (\S+)/.exec(config)?.[1] ?? 'unknown',
    // Builds for many processors name the one they chose themselves.
    configuration: core === undefined || config.includes(String(core)) ? config : `${config} ${core}`,
    threads: count(optional(library, 'openblas_get_num_threads', 'int')?.()),
    wide: config.includes('USE64BITINT'),
  }
}

const mkl: Vendor = (library, threads) => {
  const getVersion = optional(library, 'MKL_Get_Version_String', 'void', ['void *', 'int'])
  if (getVersion === undefined) return undefined
  // mkl_rt fixes both layers at its first call. Sequential needs no OpenMP runtime.
  const layer = optional(library, 'MKL_Set_Interface_Layer', 'int', ['int'])?.(mklLayers.lp64)
  if (threads === 1) optional(library, 'MKL_Set_Threading_Layer', 'int', ['int'])?.(mklLayers.sequential)
  optional(library, 'MKL_Set_Num_Threads', 'void', ['int'])?.(threads)
  const buffer = Buffer.alloc(256)
  getVersion(buffer, buffer.length)
  const configuration = buffer.toString('latin1').split('\0', 1)[0].trim()
  return {
    name: 'MKL',
    version: /Version (\S+)/.exec(configuration)?.[1] ?? 'unknown',
    configuration,
    threads: count(optional(library, 'MKL_Get_Max_Threads', 'int')?.()),
    // Bit 0 is the width, bit 1 GNU's convention for complex results; -1 is "not settable".
    wide: layer === mklLayers.ilp64 || layer === mklLayers.gnu + mklLayers.ilp64,
  }
}

/** Of mkl_service.h. */
const mklLayers = { lp64: 0, ilp64: 1, gnu: 2, sequential: 1 }

const blis: Vendor = (library, threads) => {
  const getVersion = optional(library, 'bli_info_get_version_str', 'str')
  if (getVersion === undefined) return undefined
  optional(library, 'bli_thread_set_num_threads', 'void', ['int64_t'])?.(threads)
  const architecture = optional(library, 'bli_arch_query_id', 'int')?.()
  const architectureName = optional(library, 'bli_arch_string', 'str', ['int'])?.(Number(architecture ?? 0))
  const version = String(getVersion())
  return {
    name: 'BLIS',
    version,
    configuration: `BLIS ${version} ${architectureName ?? 'unknown'}`,
    threads: count(optional(library, 'bli_thread_get_num_threads', 'int64_t')?.()),
    wide: optional(library, 'bli_info_get_blas_int_type_size', 'int64_t')?.() === 64,
  }
}

const accelerate: Vendor = (library, threads) => {
  if (optional(library, 'vDSP_vadd', 'void') === undefined) return undefined
  // Since macOS 15, for the calling thread: 0 lets Accelerate choose, 1 is one thread. Else VECLIB_MAXIMUM_THREADS.
  const refused = optional(library, 'BLASSetThreading', 'int', ['int'])?.(threads === 1 ? 1 : 0)
  return {
    name: 'Accelerate',
    version: 'unknown',
    configuration: 'Accelerate',
    threads: refused === 0 && threads === 1 ? 1 : undefined,
    wide: false,
  }
}

const vendors: readonly Vendor[] = [openBlas, mkl, blis, accelerate]

/** A function that not every version of a library has. */
function optional(
  library: NativeLibrary,
  name: string,
  result: NativeType,
  parameters: readonly NativeType[] = [],
): ReturnType<NativeLibrary['func']> | undefined {
  try {
    return library.func(name, result, parameters)
  } catch {
    return undefined
  }
}

/** A number of threads; libraries answer "as many as I like" with -1. */
function count(threads: unknown): number | undefined {
  return typeof threads === 'number' && threads >= 1 ? threads : undefined
}
