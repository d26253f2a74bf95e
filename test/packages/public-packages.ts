import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'

export const root = resolve(import.meta.dirname, '../..')

export type PublicPackage = {
  readonly name: string
  /** From the root of the repository: `packages/optimizers`. */
  readonly folder: string
  /** What an import may name: the package itself and its sub-paths, `@thalweg/optimizers/adam`. */
  readonly specifiers: readonly string[]
  /** What it needs from the registry. */
  readonly thirdParty: readonly string[]
  /** Those that run in a browser: none of `./node`. */
  readonly browserSpecifiers: readonly string[]
}

const browserSafeSources = layerRule('no-node-in-packages')

/** Every package that is not private. */
export const publicPackages: readonly PublicPackage[] = readdirSync(join(root, 'packages'))
  .map((name) => join('packages', name))
  .flatMap((folder) => {
    const manifest = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'))
    if (manifest.private === true) return []
    const paths = Object.keys(manifest.exports).filter((path) => path !== './package.json')
    const specifier = (path: string) => join(manifest.name, path)
    const inBrowser = browserSafeSources.test(`${folder}/src/`)
    const dependencies = Object.entries<string>(manifest.dependencies ?? {})
    return [
      {
        name: manifest.name,
        folder,
        specifiers: paths.map(specifier),
        thirdParty: dependencies
          .filter(([, version]) => !version.startsWith('workspace:'))
          .map(([name]) => name),
        browserSpecifiers: paths.filter((path) => inBrowser && !/^\.\/node(\/|$)/.test(path)).map(specifier),
      },
    ]
  })

/** The sources that a rule of the layer file is about. */
function layerRule(name: string): RegExp {
  const { forbidden } = createRequire(import.meta.url)(join(root, '.dependency-cruiser.cjs'))
  const rule = forbidden.find((candidate: { name: string }) => candidate.name === name)
  return new RegExp(rule.from.path)
}
