import { readdirSync, readFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '../..')
const members = ['packages', 'apps'].flatMap((group) =>
  readdirSync(join(root, group)).map((name) => join(group, name)),
)
const read = (path: string) => JSON.parse(readFileSync(join(root, path), 'utf8'))

// TypeScript builds in the order of the references; they must say what the packages say.
it.each(members)('%s: project references are its workspace dependencies', (member) => {
  const { dependencies = {} } = read(join(member, 'package.json'))
  const declared = Object.entries<string>(dependencies)
    .filter(([, version]) => version.startsWith('workspace:'))
    .map(([name]) => basename(name))
  const { references = [] } = read(join(member, 'tsconfig.json'))
  const referenced = references.map((reference: { path: string }) => basename(reference.path))
  expect(referenced.sort()).toEqual(declared.sort())
})
