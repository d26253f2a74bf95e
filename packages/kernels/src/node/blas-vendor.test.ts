import { describe, expect, it } from 'vitest'
import { describeBlas } from './blas-vendor.ts'
import type { NativeLibrary } from './koffi.ts'

type Native = (...values: never[]) => unknown

/** A library of these functions. */
function libraryOf(functions: Readonly<Record<string, Native>>): NativeLibrary {
  const named = (name: string) => {
    const found = functions[name]
    if (found === undefined) throw new Error(`Cannot find function '${name}'`)
    return found
  }
  return {
    func: (name) => {
      const run = named(name)
      return (...values) => run(...(values as never[]))
    },
    symbol: (name) => BigInt(named(name).length),
  }
}

/** A setter that keeps what it was called with. */
function setter(): { readonly calls: number[]; readonly set: (value: number) => void } {
  const calls: number[] = []
  return { calls, set: (value) => void calls.push(value) }
}

const writeText = (text: string) => (buffer: Buffer) => buffer.write(`${text}\0`, 'latin1')

describe('OpenBLAS', () => {
  it.each([
    [
      'OpenBLAS 0.3.29 DYNAMIC_ARCH MAX_THREADS=64',
      'OpenBLAS 0.3.29 DYNAMIC_ARCH MAX_THREADS=64 Zen',
      '0.3.29',
    ],
    ['OpenBLAS 0.3.21 Zen MAX_THREADS=64 ', 'OpenBLAS 0.3.21 Zen MAX_THREADS=64', '0.3.21'],
    ['NO_LAPACK Zen', 'NO_LAPACK Zen', 'unknown'],
  ])('%j: with the processor it chose, named once', (config, configuration, version) => {
    const threads = setter()
    const library = libraryOf({
      openblas_get_config: () => config,
      openblas_get_corename: () => 'Zen',
      openblas_set_num_threads: threads.set,
      openblas_get_num_threads: () => threads.calls.at(-1),
    })
    const description = { name: 'OpenBLAS', version, configuration, threads: 3, wide: false }
    expect(describeBlas(library, 3)).toEqual(description)
  })

  it('with 64-bit sizes', () => {
    const openblas_get_config = () => 'OpenBLAS 0.3.21  USE64BITINT DYNAMIC_ARCH'
    expect(describeBlas(libraryOf({ openblas_get_config }), 1)).toMatchObject({ wide: true })
  })
})

describe('MKL', () => {
  it.each([
    [1, [1]],
    [4, []],
  ])('with %d threads: asks for 32-bit sizes, and no OpenMP for one thread', (threads, layers) => {
    const text = 'Intel(R) oneAPI Math Kernel Library Version 2024.2-Product Build 20240605'
    const [interfaces, threadings, counts] = [setter(), setter(), setter()]
    const library = libraryOf({
      MKL_Get_Version_String: writeText(text),
      MKL_Set_Interface_Layer: (layer: number) => {
        interfaces.set(layer)
        return layer
      },
      MKL_Set_Threading_Layer: threadings.set,
      MKL_Set_Num_Threads: counts.set,
      MKL_Get_Max_Threads: () => counts.calls.at(-1),
    })
    const description = { name: 'MKL', version: '2024.2-Product', configuration: text, threads, wide: false }
    expect(describeBlas(library, threads)).toEqual(description)
    expect([interfaces.calls, threadings.calls]).toEqual([[0], layers])
  })

  it.each([
    [-1, false],
    [0, false],
    [1, true],
    [2, false],
    [3, true],
  ])('whose interface layer is %d', (layer, wide) => {
    const library = libraryOf({
      MKL_Get_Version_String: writeText('Version 2024.2'),
      MKL_Set_Interface_Layer: () => layer,
    })
    expect(describeBlas(library, 1)).toMatchObject({ wide })
  })
})

describe('BLIS', () => {
  it.each([
    [32, 2, 2, false],
    [64, -1, undefined, true],
  ])('with sizes of %d bits, saying that it has %d threads', (bits, said, threads, wide) => {
    const counts = setter()
    const library = libraryOf({
      bli_info_get_version_str: () => '0.9.0',
      bli_arch_query_id: () => 7,
      bli_arch_string: (id: number) => (id === 7 ? 'zen3' : 'other'),
      bli_thread_set_num_threads: counts.set,
      bli_thread_get_num_threads: () => said,
      bli_info_get_blas_int_type_size: () => bits,
    })
    const description = { name: 'BLIS', version: '0.9.0', configuration: 'BLIS 0.9.0 zen3', threads, wide }
    expect(describeBlas(library, 2)).toEqual(description)
    expect(counts.calls).toEqual([2])
  })
})

it.each([
  [1, 1, 0, 1],
  [1, 1, -1, undefined],
  [2, 0, 0, undefined],
])('Accelerate for %d threads is asked for model %d, answers %d', (threads, model, answer, expected) => {
  const models = setter()
  const library = libraryOf({
    vDSP_vadd: () => undefined,
    BLASSetThreading: (value: number) => {
      models.set(value)
      return answer
    },
  })
  expect(describeBlas(library, threads)).toMatchObject({ name: 'Accelerate', threads: expected, wide: false })
  expect(models.calls).toEqual([model])
})

it('says nothing of a library that it does not know', () => {
  const description = { name: 'CBLAS', version: 'unknown', configuration: 'unknown', wide: false }
  expect(describeBlas(libraryOf({}), 1)).toEqual({ ...description, threads: undefined })
})
