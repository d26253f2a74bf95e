import { execFileSync } from 'node:child_process'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { findBlas } from './blas-library.ts'
import { loadBlas } from './index.ts'
import { type Koffi, loadKoffi } from './koffi.ts'

const found = loadBlas()
if (!found.found) console.warn(`No BLAS: what is to be said of one is skipped. ${found.reason}`)
const singleThreaded = found.found && found.library.configuration.includes('SINGLE_THREADED')
const withoutKoffi = !loadKoffi().found
const machine = { platform: 'linux', architecture: 'x64' }

type Native = (...values: number[]) => unknown
/** Native functions of a library that is made up, by name; it computes by the textbook over `memory`. */
type Functions = Readonly<Record<string, Native>>

/** koffi with made-up libraries by file. Addresses are offsets into the one buffer that was asked for. */
function fakeKoffi(libraries: Readonly<Record<string, (memory: () => ArrayBufferLike) => Functions>>): Koffi {
  let memory: ArrayBufferLike = new ArrayBuffer(0)
  return {
    load(path) {
      const library = libraries[path ?? ''] ?? refuse(`Failed to load shared library: ${path} is not there`)
      const functions = library(() => memory)
      const named = (name: string) => functions[name] ?? refuse(`Cannot find function '${name}'`)
      return {
        func: (name) => {
          const run = named(name)
          return (...values) => run(...(values as number[]))
        },
        symbol: (name) => BigInt(named(name).length),
      }
    },
    address(view) {
      memory = view.buffer
      return 0n
    },
    decode: () => null,
  }
}

/** What a module prints that runs in a process of its own, in the package's folder. */
function printed(program: string): string {
  const flags = ['--conditions=@thalweg/source', '--input-type=module', '--eval', program]
  const cwd = resolve(import.meta.dirname, '../..')
  return execFileSync(process.execPath, flags, { cwd, encoding: 'utf8' })
}

function refuse(message: string): never {
  throw new Error(message)
}

/** cblas_sgemm and cblas_dgemm; `mistake` is added to every sum. */
function cblas(memory: () => ArrayBufferLike, mistake = 0): Functions {
  const gemm =
    (over: (buffer: ArrayBufferLike) => Float32Array | Float64Array): Native =>
    (_order, transposeA, transposeB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc) => {
      const values = over(memory())
      const at = (address: number) => address / values.BYTES_PER_ELEMENT
      for (let i = 0; i < m; i++) {
        for (let j = 0; j < n; j++) {
          let sum = mistake
          for (let p = 0; p < k; p++) {
            const left = values[at(a) + (transposeA === 111 ? i * lda + p : p * lda + i)]
            sum += alpha * left * values[at(b) + (transposeB === 111 ? p * ldb + j : j * ldb + p)]
          }
          values[at(c) + i * ldc + j] = sum + (beta === 0 ? 0 : values[at(c) + i * ldc + j])
        }
      }
    }
  return {
    cblas_sgemm: gemm((buffer) => new Float32Array(buffer)),
    cblas_dgemm: gemm((buffer) => new Float64Array(buffer)),
  }
}

/** Why a library is refused. */
function reasonFor(functions: (memory: () => ArrayBufferLike) => Functions): string {
  const answer = findBlas(fakeKoffi({ 'made-up.so': functions }), 'made-up.so', 1, machine)
  return answer.found ? '' : answer.reason
}

describe.skipIf(!found.found)('the BLAS of the system', () => {
  it('is OpenBLAS with one thread, and says how it was built', () => {
    expect(found).toMatchObject({ found: true, library: { name: 'OpenBLAS', threads: 1 } })
    const { version, configuration, path } = found.found ? found.library : refuse('')
    expect(version).toMatch(/^\d+\.\d+/)
    expect(configuration).toContain(version)
    expect(path).toMatch(/openblas/i)
  })

  it.skipIf(singleThreaded)('takes as many threads as are asked for, of which the last load decides', () => {
    expect(loadBlas({ threads: 2 })).toMatchObject({ library: { threads: 2 } })
    expect(loadBlas()).toMatchObject({ library: { threads: 1 } })
  })

  it('is found under its path too', () => {
    const path = found.found ? found.library.path : ''
    expect(loadBlas({ library: path })).toMatchObject({ library: { name: 'OpenBLAS', path } })
  })

  it.skipIf(process.platform !== 'linux')('starts no threads of its own', () => {
    const program = `
      import { readdirSync } from 'node:fs'
      import { loadBlas } from './src/node/index.ts'
      import 'koffi'
      const before = readdirSync('/proc/self/task').length
      loadBlas()
      console.log(readdirSync('/proc/self/task').length - before)`
    expect(Number(printed(program))).toBe(0)
  })
})

describe('what cannot be used is a reason', () => {
  it.skipIf(withoutKoffi)('a library that is not there', () => {
    expect(loadBlas({ library: 'nosuch' })).toEqual({
      found: false,
      reason: expect.stringMatching(/^nosuch cannot be loaded: ./),
    })
  })

  it.skipIf(withoutKoffi || process.platform !== 'linux')('a library that is no BLAS', () => {
    const reason = 'libm.so.6 is no CBLAS: it lacks cblas_sgemm or cblas_dgemm'
    expect(loadBlas({ library: 'libm.so.6' })).toEqual({ found: false, reason })
  })

  it.skipIf(withoutKoffi)('a file that is no library', () => {
    const reason = expect.stringContaining('package.json cannot be loaded')
    const file = resolve(import.meta.dirname, '../../package.json')
    expect(loadBlas({ library: file })).toEqual({ found: false, reason })
  })

  it('koffi missing', () => {
    const program = `
      import { registerHooks } from 'node:module'
      registerHooks({
        resolve(specifier, context, next) {
          if (specifier === 'koffi') throw new Error("Cannot find module 'koffi'\\nRequire stack: many lines")
          return next(specifier, context)
        },
      })
      const { loadBlas } = await import('./src/node/index.ts')
      console.log(JSON.stringify(loadBlas()))`
    const reason = "koffi cannot be loaded: Cannot find module 'koffi'"
    expect(JSON.parse(printed(program))).toEqual({ found: false, reason })
  })

  it('a library that does not exist for the system', () => {
    const reason = 'there is no accelerate for linux'
    expect(findBlas(fakeKoffi({}), 'accelerate', 1, machine)).toEqual({ found: false, reason })
  })

  it('none of the files that a name stands for', () => {
    const answer = findBlas(fakeKoffi({}), 'openblas', 1, machine)
    expect(answer.found ? '' : answer.reason).toMatch(
      /^no openblas can be loaded: tried libopenblas\.so\.0, .*; the first: libopenblas\.so\.0 is not there$/,
    )
  })

  it('wrong products', () => {
    expect(reasonFor((memory) => cblas(memory, 1))).toBe(
      'made-up.so multiplies wrongly: f32, transpositions 0 and 0, beta 0 must give -8 48 7 90 -1, got -7 49 8 91 -1',
    )
  })

  it('64-bit sizes, before anything is multiplied', () => {
    const wide = 'made-up.so takes 64-bit sizes (ILP64); only 32-bit sizes (LP64) are supported'
    const untouched = { cblas_sgemm: () => refuse('called'), cblas_dgemm: () => refuse('called') }
    const openblas_get_config = () => 'OpenBLAS 0.3.21  USE64BITINT DYNAMIC_ARCH Zen MAX_THREADS=64'
    expect(reasonFor(() => ({ ...untouched, openblas_get_config }))).toBe(wide)
  })
})

it('tries the files of a name in order, and keeps the first that loads', () => {
  const koffi = fakeKoffi({
    'libblis.so': (memory) => cblas(memory),
    'libblis-mt.so': () => refuse('not needed'),
  })
  expect(findBlas(koffi, 'blis', 1, machine)).toMatchObject({ library: { path: 'libblis.so' } })
})

it('takes any CBLAS by what it computes, and says that it knows no more', () => {
  const library = {
    name: 'CBLAS',
    version: 'unknown',
    configuration: 'unknown',
    threads: undefined,
    path: 'libblis.so',
  }
  const koffi = fakeKoffi({ 'libblis.so': (memory) => cblas(memory) })
  expect(findBlas(koffi, 'libblis.so', 1, machine)).toMatchObject({ found: true, library })
})

it('leaves the environment as it was', () => {
  const before = { ...process.env }
  process.env.OPENBLAS_NUM_THREADS = '7'
  loadBlas({ threads: 2 })
  loadBlas()
  expect(process.env.OPENBLAS_NUM_THREADS).toBe('7')
  if (before.OPENBLAS_NUM_THREADS === undefined) delete process.env.OPENBLAS_NUM_THREADS
  else process.env.OPENBLAS_NUM_THREADS = before.OPENBLAS_NUM_THREADS
  expect({ ...process.env }).toEqual(before)
})

it.each([0, -1, 1.5, Number.NaN, Infinity])('refuses %d threads', (threads) => {
  const message = `loadBlas: threads must be a whole number in [1, ∞), got ${threads}`
  expect(() => loadBlas({ threads })).toThrow(new RangeError(message))
})
