import { execFileSync } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const folder = fileURLToPath(new URL('..', import.meta.url))

/** Installs the peers that `bench/package-lock.json` locks beside it, outside the workspace, unless they are there. */
export function installPeers(): void {
  const [locked, installed] = ['package-lock.json', 'node_modules/.package-lock.json'].map(
    (file) => statSync(`${folder}${file}`, { throwIfNoEntry: false })?.mtimeMs ?? 0,
  )
  if (installed >= locked) return
  console.error('installing the peers of bench/package.json')
  execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--ignore-scripts'], {
    cwd: folder,
    stdio: ['ignore', 2, 2],
  })
}

/** The version of an installed peer. */
export function installedVersion(name: string): string {
  return versionIn(`${folder}node_modules/${name}`)
}

/** The version of a package of ours. */
export function ownVersion(name: string): string {
  return versionIn(`${folder}../packages/${name}`)
}

function versionIn(packageFolder: string): string {
  const { version }: { version: string } = JSON.parse(readFileSync(`${packageFolder}/package.json`, 'utf8'))
  return version
}
