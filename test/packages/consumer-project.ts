import { realpathSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { publicPackages, root } from './public-packages.ts'
import { runCommand } from './run-command.ts'

export type ConsumerProject = {
  readonly folder: string
  remove(): Promise<void>
}

/** An empty project outside the workspace with the packages installed as a stranger would get them: packed. */
export async function createConsumerProject(): Promise<ConsumerProject> {
  const parent = await mkdtemp(join(tmpdir(), 'thalweg-outside-'))
  const remove = () => rm(parent, { recursive: true, force: true })
  try {
    const tarballs = await pack(await build(join(parent, 'workspace')), join(parent, 'tarballs'))
    return { folder: await install(tarballs, join(parent, 'consumer')), remove }
  } catch (error) {
    await remove()
    throw error
  }
}

/** Compiles a copy of the sources: what an earlier build left in `dist` is in no tarball. */
async function build(folder: string): Promise<string> {
  await mkdir(folder)
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))
  for (const part of ['packages', 'package.json', 'pnpm-workspace.yaml', 'tsconfig.base.json', 'LICENSE']) {
    await cp(join(root, part), join(folder, part), {
      recursive: true,
      verbatimSymlinks: true,
      filter: (source) => !/\/(dist|\.turbo)$/.test(source),
    })
  }
  const projects = publicPackages.map((member) => member.folder)
  await runCommand(join(root, 'node_modules/.bin/tsc'), ['-b', ...projects], folder)
  return folder
}

/** Packs with pnpm, which writes versions where the manifests say `workspace:` and `catalog:`. */
async function pack(workspace: string, folder: string): Promise<Record<string, string>> {
  const filters = publicPackages.map(({ name }) => `--filter=${name}`)
  const printed = await pnpm(
    ['--recursive', ...filters, 'pack', '--json', '--pack-destination', folder],
    workspace,
  )
  const packed: { name: string; filename: string }[] = JSON.parse(printed)
  return Object.fromEntries(packed.map(({ name, filename }) => [name, `file:${filename}`]))
}

async function install(tarballs: Record<string, string>, folder: string): Promise<string> {
  await mkdir(folder)
  const manifest = { name: 'consumer', private: true, type: 'module', dependencies: tarballs }
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest))
  const values = ['install', '--no-frozen-lockfile', '--fetch-retries=1', '--fetch-retry-mintimeout=1000']
  try {
    // The packages need each other in versions that no registry has.
    await override(tarballs, folder)
    await pnpm([...values, '--prefer-offline'], folder)
  } catch (error) {
    if (!/ERR_PNPM_META_FETCH_FAIL|ENOTFOUND|EAI_AGAIN|ECONNRE|ETIMEDOUT/.test(String(error))) throw error
    console.warn('The registry does not answer: third-party packages are linked from the workspace instead.')
    await override({ ...tarballs, ...thirdPartyLinks() }, folder)
    await pnpm([...values, '--offline'], folder)
  }
  return folder
}

/** Fixes where packages come from, those that packages need included. */
async function override(sources: Record<string, string>, folder: string): Promise<void> {
  await writeFile(join(folder, 'pnpm-workspace.yaml'), JSON.stringify({ overrides: sources }))
}

function thirdPartyLinks(): Record<string, string> {
  const links = publicPackages.flatMap(({ folder, thirdParty }) =>
    thirdParty.map((name) => [name, `link:${realpathSync(join(root, folder, 'node_modules', name))}`]),
  )
  return Object.fromEntries(links)
}

/** The pnpm that started the tests, else the one that the workspace names. */
async function pnpm(values: readonly string[], folder: string): Promise<string> {
  const running = process.env.npm_execpath ?? ''
  if (/pnpm\.c?js$/.test(running)) return runCommand(process.execPath, [running, ...values], folder)
  const { packageManager } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
  return runCommand('npx', ['--prefer-offline', '-y', packageManager, ...values], folder)
}
