import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { mutations } from './mutations.ts'

// `npx -y pnpm@10.34.8 mutations`: makes each mistake in turn, without touching a file, and runs the tests that should
// notice it. Exits 1 if one goes unnoticed.

const root = fileURLToPath(new URL('../..', import.meta.url))
const tests = ['test/golden', 'packages/schedulers']
const folder = mkdtempSync(join(tmpdir(), 'thalweg-mutations-'))
process.on('exit', () => rmSync(folder, { recursive: true }))

interface Report {
  readonly testResults: readonly { readonly assertionResults: readonly { readonly status: string }[] }[]
}

/** How many tests fail with a mutation, or without one. */
function failures(index: number | undefined): number {
  const environment = { ...process.env, THALWEG_MUTATION: index === undefined ? '' : String(index) }
  const output = join(folder, 'report.json')
  const report = ['--reporter=json', `--outputFile.json=${output}`]
  spawnSync('vitest', ['run', '--config', 'test/mutations/vitest.config.ts', ...report, ...tests], {
    cwd: root,
    env: environment,
  })
  const { testResults }: Report = JSON.parse(readFileSync(output, 'utf8'))
  return testResults.flatMap((file) => file.assertionResults).filter(({ status }) => status === 'failed')
    .length
}

const healthy = failures(undefined)
if (healthy > 0) throw new Error(`${healthy} tests fail without any mutation`)

let unnoticed = 0
for (const [index, { name, file, find }] of mutations.entries()) {
  if (!readFileSync(`${root}/${file}`, 'utf8').includes(find))
    throw new Error(`${name}: ${file} has no such text`)
  const failed = failures(index)
  if (failed === 0) unnoticed += 1
  console.log(`${failed === 0 ? 'UNNOTICED' : `${failed} tests red`.padEnd(15)} ${name}`)
}
console.log(`${mutations.length - unnoticed} of ${mutations.length} mistakes noticed`)
process.exitCode = unnoticed === 0 ? 0 : 1
