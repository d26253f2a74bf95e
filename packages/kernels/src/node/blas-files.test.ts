import { describe, expect, it } from 'vitest'
import { blasFiles, blasNames } from './blas-files.ts'

describe.each([
  ['linux', /\.so(\.\d+)?$/],
  ['darwin', /(\.dylib|\/Accelerate)$/],
  ['win32', /\.dll$/],
])('on %s', (platform, suffix) => {
  it.each(blasNames)('%s is looked for under names of that system, each once', (name) => {
    const files = blasFiles(name, { platform, architecture: 'x64' })
    expect(new Set(files).size).toBe(files.length)
    for (const file of files) expect(file).toMatch(suffix)
    expect(files.length === 0).toBe(name === 'accelerate' && platform !== 'darwin')
  })
})

it("looks in Debian's folder of the processor", () => {
  const files = blasFiles('openblas', { platform: 'linux', architecture: 'arm64' })
  expect(files[0]).toBe('libopenblas.so.0')
  expect(files).toContain('/usr/lib/aarch64-linux-gnu/openblas-pthread/libopenblas.so.0')
})
