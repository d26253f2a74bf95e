import { execFileSync } from 'node:child_process'
import { resolve } from 'node:path'
import { Worker } from 'node:worker_threads'
import { sequence } from '@thalweg/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type BlasLibrary, blasGemm, type GemmFunction, loadBlas } from './index.ts'

const found = loadBlas()
if (!found.found) console.warn(`No BLAS: what multiplies with one is skipped. ${found.reason}`)
/** Only read where there is one. */
const library = found.found ? found.library : ({} as BlasLibrary)

const precisions = { f32: Float32Array, f64: Float64Array } as const
/** Half the distance from 1 to the next number. */
const unit = { f32: 2 ** -24, f64: 2 ** -53 }
const bit = fc.constantFrom(0 as const, 1 as const)
const size = fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 70 }))
const product = fc.record({
  precision: fc.constantFrom('f32' as const, 'f64' as const),
  shared: fc.boolean(),
  transposeA: bit,
  transposeB: bit,
  beta: bit,
  m: size,
  n: size,
  k: fc.oneof(size, fc.integer({ min: 1, max: 600 })),
  // Rows may be parts of longer ones, and operands lie anywhere.
  aGap: fc.nat(5),
  bGap: fc.nat(5),
  start: fc.nat(9),
  seed: fc.nat(),
})

/** The same product as two loops, and the sum of magnitudes that bounds its rounding. */
function textbook(
  [transposeA, transposeB, m, n, k, , aStride, , bStride, beta]: Parameters<GemmFunction>,
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  c: ArrayLike<number>,
): { value: number; magnitude: number }[] {
  return Array.from({ length: m * n }, (_, index) => {
    const [i, j] = [Math.floor(index / n), index % n]
    const terms = Array.from({ length: k }, (_, p) => {
      const left = transposeA === 0 ? a[i * aStride + p] : a[p * aStride + i]
      return left * (transposeB === 0 ? b[p * bStride + j] : b[j * bStride + p])
    })
    if (beta === 1) terms.push(c[index])
    const value = terms.reduce((sum, term) => sum + term, 0)
    return { value, magnitude: terms.reduce((sum, term) => sum + Math.abs(term), 0) }
  })
}

describe.skipIf(!found.found)('products by the BLAS of the system', () => {
  it('are those of the textbook to 2 (k + 2) roundings, in place, with nothing beside C written', () => {
    fc.assert(
      fc.property(product, ({ precision, shared, transposeA, transposeB, beta, m, n, k, ...rest }) => {
        const [aRows, aColumns] = transposeA === 0 ? [m, k] : [k, m]
        const [bRows, bColumns] = transposeB === 0 ? [k, n] : [n, k]
        const [aStride, bStride] = [aColumns + rest.aGap, bColumns + rest.bGap]
        const a = rest.start
        const b = a + aRows * aStride
        const c = b + bRows * bStride
        // A whole page more, of which nothing may change.
        const pages = Math.ceil(((c + m * n) * precisions[precision].BYTES_PER_ELEMENT) / 65_536) + 1
        const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared })
        const values = new precisions[precision](memory.buffer)
        values.set(sequence(values.length, rest.seed))
        const before = values.slice()
        if (beta === 0) values.fill(Number.NaN, c, c + m * n)
        const bytes = values.BYTES_PER_ELEMENT
        const call: Parameters<GemmFunction> = [
          ...([transposeA, transposeB, m, n, k, a * bytes, aStride, b * bytes, bStride] as const),
          beta,
          c * bytes,
        ]
        blasGemm(library, memory)[precision](...call)
        textbook(call, before.subarray(a), before.subarray(b), before.subarray(c)).forEach((expected, i) => {
          const bound = 2 * (k + 2) * unit[precision] * expected.magnitude
          expect(Math.abs(values[c + i] - expected.value)).toBeLessThanOrEqual(bound)
        })
        values.copyWithin(c, c + m * n, c + 2 * m * n)
        before.copyWithin(c, c + m * n, c + 2 * m * n)
        expect(Buffer.compare(Buffer.from(values.buffer), Buffer.from(before.buffer))).toBe(0)
      }),
      { numRuns: 60 },
    )
  })

  it('reach addresses beyond 2 GiB, which WebAssembly passes as negative numbers', () => {
    const pages = 2 ** 15 + 1
    const memory = new WebAssembly.Memory({ initial: pages, maximum: pages })
    const address = 2 ** 31 + 64
    const values = new Float64Array(memory.buffer, address, 3)
    values.set([3, 5, 7])
    const signed = address | 0
    expect(signed).toBeLessThan(0)
    blasGemm(library, memory).f64(0, 0, 1, 1, 1, signed, 1, signed + 8, 1, 1, signed + 16)
    expect([...values]).toEqual([3, 5, 22])
  })

  it('can be imported by WebAssembly', () => {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 1 })
    const values = new Float32Array(memory.buffer)
    values.set([1, 2, 3, 4, 5, 6, 7, 8])
    const { f32 } = blasGemm(library, memory)
    const run = forwarded(f32)
    run(0, 1, 2, 2, 2, 0, 2, 16, 2, 0, 32)
    expect([...values.subarray(8, 12)]).toEqual([17, 23, 39, 53])
    run(1, 0, 2, 2, 2, 0, 2, 16, 2, 1, 32)
    expect([...values.subarray(8, 12)]).toEqual([17 + 26, 23 + 30, 39 + 38, 53 + 44])
    expect(() => run(0, 0, 2, 2, 2, 0, 2, 16, 2, 0, -4)).toThrow(RangeError)
  })

  it('work in a worker thread, on memory that it shares', async () => {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true })
    const values = new Float64Array(memory.buffer)
    values.set([1, 2, 3, 4, 5, 6, 7, 8])
    const program = `
      const { workerData: { memory, module }, parentPort } = require('node:worker_threads')
      import(module).then(({ blasGemm, loadBlas }) => {
        const { library } = loadBlas()
        blasGemm(library, memory).f64(0, 0, 2, 2, 2, 0, 2, 32, 2, 0, 64)
        parentPort.postMessage([library.name, library.version, library.threads])
      })`
    const module = new URL('./index.ts', import.meta.url).href
    const execArgv = ['--conditions=@thalweg/source']
    const worker = new Worker(program, { eval: true, execArgv, workerData: { memory, module } })
    const told = await new Promise((done, failed) => {
      worker.once('message', done)
      worker.once('error', failed)
    })
    expect(told).toEqual([library.name, library.version, library.threads])
    await worker.terminate()
    expect([...values.subarray(8, 12)]).toEqual([19, 22, 43, 50])
    // The library is still there for the main thread.
    blasGemm(library, memory).f64(0, 0, 2, 2, 2, 0, 2, 32, 2, 1, 64)
    expect([...values.subarray(8, 12)]).toEqual([38, 44, 86, 100])
  })

  it('leave nothing behind: a million leave the heap and the process as they were, to 1 and 8 MB', () => {
    const program = `
      import { blasGemm, loadBlas } from './src/node/index.ts'
      const { library } = loadBlas()
      const memory = new WebAssembly.Memory({ initial: 1, maximum: 1 })
      const { f32 } = blasGemm(library, memory)
      const run = (count) => { for (let i = 0; i < count; i++) f32(0, 0, 2, 2, 2, 64 * (i & 7), 2, 32, 2, 0, 1024) }
      run(100_000)
      gc()
      const before = process.memoryUsage()
      run(1_000_000)
      gc()
      const after = process.memoryUsage()
      console.log(after.heapUsed - before.heapUsed, after.rss - before.rss)`
    const flags = ['--expose-gc', '--conditions=@thalweg/source', '--input-type=module', '--eval', program]
    const cwd = resolve(import.meta.dirname, '../..')
    const [heap, resident] = execFileSync(process.execPath, flags, { cwd, encoding: 'utf8' }).split(' ')
    expect(Number(heap)).toBeLessThan(2 ** 20)
    expect(Number(resident)).toBeLessThan(2 ** 23)
  })

  const { f64 } = found.found
    ? blasGemm(library, new WebAssembly.Memory({ initial: 1, maximum: 1 }))
    : { f64: () => undefined }

  it.each<[string, Parameters<GemmFunction>]>([
    ['m must be a whole number in [1, ∞), got 0', [0, 0, 0, 2, 2, 0, 2, 0, 2, 0, 0]],
    ['n must be a whole number in [1, ∞), got -1', [0, 0, 2, -1, 2, 0, 2, 0, 2, 0, 0]],
    ['k must be a whole number in [1, ∞), got NaN', [0, 0, 2, 2, Number.NaN, 0, 2, 0, 2, 0, 0]],
    ['aStride must be a whole number in [3, ∞), got 2', [0, 0, 2, 2, 3, 0, 2, 0, 2, 0, 0]],
    ['aStride must be a whole number in [2, ∞), got 1', [1, 0, 2, 2, 3, 0, 1, 0, 2, 0, 0]],
    ['bStride must be a whole number in [2, ∞), got 1', [0, 0, 2, 2, 3, 0, 3, 0, 1, 0, 0]],
    ['bStride must be a whole number in [3, ∞), got 2', [0, 1, 2, 2, 3, 0, 3, 0, 2, 0, 0]],
    ['a must end in [0, 65536], got 65540', [0, 0, 1, 1, 1, 65_532, 1, 0, 1, 0, 0]],
    ['b must end in [0, 65536], got 65544', [0, 0, 1, 1, 2, 0, 2, 0, 8192, 0, 0]],
    ['c must end in [0, 65536], got 4294967296', [0, 0, 1, 1, 1, 0, 1, 0, 1, 0, -8]],
  ])('refuse what native code would not: %s', (message, values) => {
    expect(() => f64(...values)).toThrow(new RangeError(`blasGemm: ${message}`))
  })
})

/** A WebAssembly function of eleven i32 that hands them to one of JavaScript. */
function forwarded(target: GemmFunction): GemmFunction {
  const i32 = 0x7f
  const type = [0x60, 11, ...Array(11).fill(i32), 0]
  const text = (name: string) => [name.length, ...Buffer.from(name)]
  const localGets = Array.from({ length: 11 }, (_, index) => [0x20, index]).flat()
  const body = [0, ...localGets, 0x10, 0, 0x0b]
  const section = (id: number, content: readonly number[]) => [id, content.length, ...content]
  const bytes = Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, [1, ...type]),
    ...section(2, [1, ...text('js'), ...text('gemm'), 0x00, 0]),
    ...section(3, [1, 0]),
    ...section(7, [1, ...text('run'), 0x00, 1]),
    ...section(10, [1, body.length, ...body]),
  ])
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { js: { gemm: target } })
  return exports.run as GemmFunction
}
