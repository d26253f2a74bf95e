import { writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findChromium, printedInPage } from './chromium.ts'
import { type ConsumerProject, createConsumerProject } from './consumer-project.ts'
import { publicPackages, root } from './public-packages.ts'
import { runCommand } from './run-command.ts'

/** What a stranger writes: the digits are in `result`, and look so. */
const consumers = [
  {
    name: 'Adam',
    file: 'adam.ts',
    looks: /^(-?[\d.]+ ){6}-?[\d.]+$/,
    module: `
import { adam } from '@thalweg/optimizers/adam'

const optimizer = adam({ learningRate: 0.1 })
const parameters = Float32Array.of(1, -2, 0.5, 3e-4, -0.25, 7, 1e5)
const state = optimizer.init(parameters)
for (let k = 0; k < 3; k++) {
  const gradient = parameters.map((value) => 3 * value - 1)
  optimizer.step(parameters, gradient, state)
}
export const result = parameters.join(' ')
`,
  },
  {
    name: 'L-BFGS',
    file: 'lbfgs.ts',
    looks: /^(1|1\.0000\d+|0\.9999\d+) (1|1\.0000\d+|0\.9999\d+) [\d.]+(e-\d+)? \d+ converged-gradient$/,
    module: `
import { minimize } from '@thalweg/lbfgs'

const { x, f, evaluations, status } = minimize(([a, b], gradient) => {
  const bend = b - a * a
  gradient[0] = -400 * a * bend - 2 * (1 - a)
  gradient[1] = 200 * bend
  return 100 * bend * bend + (1 - a) * (1 - a)
}, Float64Array.of(-1.2, 1))
export const result = [...x, f, evaluations, status].join(' ')
`,
  },
  {
    name: 'an ensemble',
    file: 'ensemble.ts',
    looks: /^0\.5 0\.3125 0\.1875 0\.69314718055994\d+$/,
    module: `
import { meanProbabilities, negativeLogLikelihood } from '@thalweg/ensembles'

const members = [Float64Array.of(0.5, 0.25, 0.25), Float64Array.of(0.5, 0.375, 0.125)]
const mean = meanProbabilities(members, { classes: 3 })
export const result = [...mean, negativeLogLikelihood(mean, [0], 3)].join(' ')
`,
  },
]

const require = createRequire(import.meta.url)
const nodes = [
  { major: 22, node: join(dirname(require.resolve('node-22/package.json')), 'bin/node') },
  { major: 24, node: join(root, 'node_modules/node/bin/node') },
]

const chromium = findChromium()
const specifiers = publicPackages.flatMap((member) => member.specifiers)
const browserSpecifiers = publicPackages.flatMap((member) => member.browserSpecifiers)

let project: ConsumerProject
const fromSource = new Map<string, string>()

beforeAll(async () => {
  if (chromium === undefined) console.warn('No chromium: what needs a browser is skipped.')
  project = await createConsumerProject()
  for (const { name, module } of consumers) {
    const result = await resultIn(join(root, 'test'), nodes[1].node, module, '--conditions=@thalweg/source')
    fromSource.set(name, result)
  }
}, 180_000)

afterAll(() => project?.remove())

/** A module that loads others; its result is how many names each exports. */
function loading(modules: readonly string[]): string {
  const imports = modules.map((specifier, index) => `import * as module${index} from '${specifier}'`)
  const counts = modules.map((_specifier, index) => `Object.keys(module${index}).length`)
  return `${imports.join('\n')}\nexport const result = [${counts.join(', ')}].join(' ')\n`
}

const printing = (module: string) => `${module}console.log(result)`

/** The result of a module that runs in a folder. */
async function resultIn(folder: string, node: string, module: string, ...flags: string[]): Promise<string> {
  const printed = await runCommand(
    node,
    [...flags, '--input-type=module', '--eval', printing(module)],
    folder,
  )
  return printed.trimEnd()
}

/** The result of a module that runs in an empty page. */
async function resultInPage(module: string): Promise<string> {
  return printedInPage(chromium ?? '', await bundle(printing(module)))
}

/** One minified file for the browser; what only Node has, does not resolve. */
async function bundle(module: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: module, resolveDir: project.folder },
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    logLevel: 'silent',
  })
  return outputFiles[0].text
}

/** What an import costs a page, of 1024 bytes; prints it too. */
async function kilobytes(specifier: string, names = '*'): Promise<number> {
  const size = gzipSync(await bundle(`export ${names} from '${specifier}'`)).length / 1024
  console.log(`${names} from ${specifier}: ${size.toFixed(1)} KB minified and compressed`)
  return size
}

describe.each(nodes)('under Node $major', ({ major, node }) => {
  it('runs that version', async () => {
    expect(await runCommand(node, ['--version'], root)).toMatch(new RegExp(`^v${major}\\.`))
  })

  it.each(specifiers)('%s loads by itself', async (specifier) => {
    const names = await resultIn(project.folder, node, loading([specifier]))
    expect(Number(names)).toBeGreaterThan(0)
  })

  it.each(consumers)('$name gives the digits of the source', async ({ name, looks, module }) => {
    expect(fromSource.get(name)).toMatch(looks)
    expect(await resultIn(project.folder, node, module)).toBe(fromSource.get(name))
  })
})

describe('in TypeScript', () => {
  const everyType = { target: 'es2024', types: [], skipLibCheck: false }

  it.each([
    ['resolved by Node', { ...everyType, module: 'nodenext' }],
    ['resolved by a bundler', { ...everyType, module: 'esnext', moduleResolution: 'bundler' }],
    // Nothing declares WebAssembly there: programs for Node alone skip what libraries declare.
    ['without the DOM', { ...everyType, module: 'nodenext', lib: ['es2024'], skipLibCheck: true }],
  ])('everything type-checks, %s', async (_name, compilerOptions) => {
    const configuration = { compilerOptions: { ...compilerOptions, strict: true, noEmit: true } }
    await writeFile(join(project.folder, 'tsconfig.json'), JSON.stringify(configuration))
    for (const { file, module } of consumers) await writeFile(join(project.folder, file), module)
    await writeFile(join(project.folder, 'packages.ts'), loading(specifiers))
    await runCommand(join(root, 'node_modules/.bin/tsc'), ['-p', '.'], project.folder)
  })
})

describe('in a browser', () => {
  const withoutBrowser =
    chromium === undefined ? ' (skipped: no chromium on PATH, none in CHROMIUM_PATH)' : ''

  it.each(browserSpecifiers)('%s bundles without Node', async (specifier) => {
    expect(await bundle(loading([specifier]))).not.toBe('')
  })

  it.skipIf(chromium === undefined)(`everything loads in a page${withoutBrowser}`, async () => {
    const counts = (await resultInPage(loading(browserSpecifiers))).split(' ').map(Number)
    expect(counts).toHaveLength(browserSpecifiers.length)
    expect(Math.min(...counts)).toBeGreaterThan(0)
  })

  it.skipIf(chromium === undefined).each(consumers)(
    `$name gives the digits of the source${withoutBrowser}`,
    async ({ name, module }) => {
      expect(await resultInPage(module)).toBe(fromSource.get(name))
    },
  )
})

describe('minified and compressed', () => {
  it.each([
    ['@thalweg/optimizers', 40],
    ['@thalweg/schedulers', 10],
    // Names keep every search, bounds and L1 in: docs/adr/0020.
    ['@thalweg/lbfgs', 17],
    ['@thalweg/lbfgs/unconstrained', 12],
    ['@thalweg/ensembles', 12],
  ] as const)('%s whole stays within %s KB', async (specifier, most) => {
    expect(await kilobytes(specifier)).toBeLessThanOrEqual(most)
  })

  it('minimize of @thalweg/lbfgs/unconstrained stays within 11 KB', async () => {
    expect(await kilobytes('@thalweg/lbfgs/unconstrained', '{ minimize }')).toBeLessThanOrEqual(11)
  })

  it('@thalweg/optimizers/adam stays within 30 KB, compiler included', async () => {
    expect(await kilobytes('@thalweg/optimizers/adam')).toBeLessThanOrEqual(30)
  })
})
