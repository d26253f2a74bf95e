import { bind, createWorkspace, gemm, gemmScratchLength, gemmValues } from '../packages/kernels/src/index.ts'
import { compare, type Figure, inProcess, type Skipped } from './measure.ts'

const shapes = [
  ['NN', 64, 64, 64],
  ['NN', 256, 256, 256],
  ['NN', 100, 100, 3072],
  ['TN', 3072, 100, 100],
  ['NT', 100, 100, 100],
  ['NN', 128, 512, 784],
] as const

/** No peer but a loop. */
export function versions(): Readonly<Record<string, string>> {
  return {}
}

/** The f32 matrix product, result rows x columns x inner, beside a plain loop. */
export async function* figures(): AsyncGenerator<Figure | Skipped> {
  for (const [transposition, m, n, k] of shapes) {
    const workspace = createWorkspace({ bytes: 1 << 26 })
    const [a, b, c, scratch] = [m * k, k * n, m * n, gemmScratchLength('f32', n)].map((length) =>
      workspace.f32(length),
    )
    a.forEach((_, index) => {
      a[index] = Math.sin(index)
    })
    b.set(a.subarray(0, Math.min(a.length, b.length)))
    const kernels = bind(workspace, { gemm: gemm('f32') })
    const addresses = { a: a.byteOffset, b: b.byteOffset, c: c.byteOffset, scratch: scratch.byteOffset }
    const values = gemmValues('f32', { transposition, m, n, k, beta: 0, ...addresses })
    const plain = (): void => {
      for (let i = 0; i < m; i++) {
        for (let j = 0; j < n; j++) {
          let sum = 0
          for (let p = 0; p < k; p++) {
            sum +=
              (transposition === 'TN' ? a[p * m + i] : a[i * k + p]) *
              (transposition === 'NT' ? b[j * k + p] : b[p * n + j])
          }
          c[i * n + j] = sum
        }
      }
    }
    yield* compare(
      `${transposition} ${m}x${n}x${k}`,
      inProcess('Thalweg', () => kernels.gemm(...values)),
      [inProcess('plain JavaScript loop', plain)],
    )
  }
}
