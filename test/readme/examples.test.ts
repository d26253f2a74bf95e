import { execFile } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '../..')

/** Where the examples of a README find the packages: in its own package, those of the root in this one. */
const readmes = [
  { file: 'README.md', directory: 'test' },
  ...readdirSync(join(root, 'packages')).map((name) => {
    const file = join('packages', name, 'README.md')
    return { file, directory: dirname(file) }
  }),
]

/** Examples that cannot run by themselves, with the reason. */
const exempt: Readonly<Record<string, string>> = {
  'packages/client/README.md': 'needs a running service; test/end-to-end uses the same calls',
}

function examples(file: string): string[] {
  const text = existsSync(join(root, file)) ? readFileSync(join(root, file), 'utf8') : ''
  return [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map((match) => match[1])
}

/** Runs TypeScript as a module of a folder and gives what it prints. */
function run(code: string, directory: string): Promise<string> {
  const flags = ['--conditions=@thalweg/source', '--input-type=module-typescript', '--eval', code]
  return new Promise((done, failed) => {
    execFile(process.execPath, flags, { cwd: join(root, directory) }, (error, stdout, stderr) => {
      if (error === null) done(stdout)
      else failed(new Error(stderr))
    })
  })
}

describe.each(readmes)('$file', ({ file, directory }) => {
  it('exists and has a text', () => {
    expect(readFileSync(join(root, file), 'utf8').length).toBeGreaterThan(100)
  })

  it.skipIf(file in exempt || examples(file).length === 0)(
    'has examples that run and print what they say',
    async () => {
      for (const code of examples(file)) {
        const promised = [...code.matchAll(/console\.log\(.*\) \/\/ (.*)$/gm)].map((match) =>
          match[1].replaceAll(' ', ''),
        )
        const printed = (await run(code, directory)).split('\n').map((line) => line.replaceAll(' ', ''))
        for (const line of promised) expect(printed).toContain(line)
      }
    },
  )
})
