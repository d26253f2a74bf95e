import { execFile, execFileSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { expect, it, onTestFinished } from 'vitest'
import { encodeSafetensors, type SafetensorsTensor } from '../../packages/nn/src/index.ts'

const script = resolve(import.meta.dirname, '../../examples/read-safetensors.py')

/** A Python that has NumPy: the first on PATH, else the system's. */
function findPython(): string | undefined {
  return ['python3', '/usr/bin/python3'].find((python) => {
    try {
      execFileSync(python, ['-c', 'import numpy'], { stdio: 'ignore' })
      return true
    } catch {
      return false
    }
  })
}

const python = findPython()
const withoutPython = python === undefined ? ' (skipped: no python3 with numpy)' : ''

const weight = Float32Array.from({ length: 12 }, (_, index) => Math.sin(index))
const tensors: Record<string, SafetensorsTensor> = {
  'dense1.weight': { shape: [3, 4], data: weight },
  'dense1.bias': { shape: [4], data: Float64Array.of(0.1, -2.5e-300, 1e300, -1e300) },
  'batchNorm1.scale': { shape: [2, 1, 2], data: Float32Array.of(1, 2, 3, 4.5) },
  step: { shape: [], data: Int32Array.of(-7) },
  labels: { shape: [0], data: new Int32Array(0) },
}

const numpyNames: Readonly<Record<string, string>> = {
  Float64Array: 'float64',
  Float32Array: 'float32',
  Int32Array: 'int32',
}

it.skipIf(python === undefined)(
  `examples/read-safetensors.py reads what is written here${withoutPython}`,
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'thalweg-safetensors-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    const file = join(folder, 'model.safetensors')
    await writeFile(
      file,
      encodeSafetensors(tensors, { document: JSON.stringify({ model: { name: 'mlp' } }) }),
    )
    const { stdout } = await promisify(execFile)(python ?? '', [script, file])

    const [first, ...lines] = stdout.trimEnd().split('\n')
    expect(first).toBe('model: mlp')
    const read = lines.map((line) => /^(\S+) (\S+) \[(.*)\] sum (\S+)$/.exec(line) ?? [line])
    const names = ['dense1.bias', 'batchNorm1.scale', 'dense1.weight', 'labels', 'step']
    expect(read.map(([, name]) => name)).toEqual(names)
    for (const [, name, dtype, shape, sum] of read) {
      const tensor = tensors[name]
      expect(dtype).toBe(numpyNames[tensor.data.constructor.name])
      expect(shape).toBe(tensor.shape.join(', '))
      // NumPy adds in another order.
      const expected = Array.from(tensor.data).reduce((total, value) => total + value, 0)
      expect(Math.abs(Number(sum) - expected)).toBeLessThan(1e-12)
    }
  },
)
