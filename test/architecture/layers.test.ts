import { execFile } from 'node:child_process'
import { appendFile, cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '../..')
let copy: string

// A copy of the sources with the workspace's own links: the rules are tried on the real tree, which stays as it is.
beforeAll(async () => {
  copy = await mkdtemp(join(tmpdir(), 'thalweg-layers-'))
  await symlink(join(root, 'node_modules'), join(copy, 'node_modules'))
  for (const part of ['packages', 'apps', '.dependency-cruiser.cjs', 'package.json']) {
    await cp(join(root, part), join(copy, part), {
      recursive: true,
      verbatimSymlinks: true,
      filter: (source) => !/\/(dist|\.turbo)$/.test(source),
    })
  }
})

afterAll(async () => {
  await rm(copy, { recursive: true, force: true })
})

/** Runs the root's `check:layers` command in the copy. */
async function checkLayers(): Promise<{ code: number; output: string }> {
  const { scripts } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
  const [command, ...values] = scripts['check:layers'].split(' ')
  return new Promise((done) => {
    execFile(join(root, 'node_modules/.bin', command), values, { cwd: copy }, (error, stdout, stderr) => {
      done({ code: error === null ? 0 : Number(error.code), output: stdout + stderr })
    })
  })
}

/** Runs the check with a line added to a file, and takes the line away again. */
async function checkWith(file: string, line: string): Promise<{ code: number; output: string }> {
  const path = join(copy, file)
  const original = await readFile(path)
  await appendFile(path, `\n${line}\n`)
  const result = await checkLayers()
  await writeFile(path, original)
  return result
}

describe('the layer rules', () => {
  it('pass on the tree as it is, having read it', async () => {
    const { code, output } = await checkLayers()
    expect(output).toContain('no dependency violations found')
    expect(code).toBe(0)
    // A tool that cannot read TypeScript 7 sees nothing and says that all is well.
    expect(Number(/\((\d+) modules/.exec(output)?.[1])).toBeGreaterThan(200)
  })

  it('a package without a row of its own may import nothing', async () => {
    const folder = join(copy, 'packages/unlisted/src')
    await mkdir(folder, { recursive: true })
    await writeFile(join(folder, 'index.ts'), "import '../../kernels/src/index.ts'\n")
    const { code, output } = await checkLayers()
    await rm(join(copy, 'packages/unlisted'), { recursive: true })
    expect(output).toContain('every-package-has-its-row')
    expect(code).not.toBe(0)
  })

  it.each([
    [
      'an upward import',
      'packages/schedulers/src/cosine.ts',
      "import '../../document/src/index.ts'",
      'layers-schedulers',
    ],
    [
      'a sideways import',
      'packages/optimizers/src/adam.ts',
      "import '../../nn/src/index.ts'",
      'layers-optimizers',
    ],
    [
      'a type alone',
      'packages/kernels/src/plan.ts',
      "export type { Optimizer } from '../../optimizers/src/index.ts'",
      'layers-kernels',
    ],
    [
      'an app from a package',
      'packages/store/src/store.ts',
      "import '../../../apps/server/src/index.ts'",
      'layers-store',
    ],
    ['node in a browser-safe package', 'packages/nn/src/model.ts', "import 'node:fs'", 'no-node-in-packages'],
    [
      'a package that is not declared',
      'packages/schedulers/src/cosine.ts',
      "import '@thalweg/kernels'",
      'everything-resolves',
    ],
    ['a cycle', 'packages/schedulers/src/schedule.ts', "import './cosine.ts'", 'no-cycles'],
    ['test code in source', 'packages/nn/src/dense.ts', "import './model.test.ts'", 'no-tests-in-source'],
  ])('%s turns the check red', async (_name, file, line, rule) => {
    const { code, output } = await checkWith(file, line)
    expect(output).toContain(rule)
    expect(code).not.toBe(0)
  })
})
