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

interface Outcome {
  readonly tests: number
  readonly failed: number
}

/** What the tests say with a mutation, or without one. */
function outcome(index: number | undefined): Outcome {
  const environment = { ...process.env, THALWEG_MUTATION: index === undefined ? '' : String(index) }
  const output = join(folder, `report-${index ?? 'healthy'}.json`)
  const report = ['--reporter=json', `--outputFile.json=${output}`]
  spawnSync('vitest', ['run', '--config', 'test/mutations/vitest.config.ts', ...report, ...tests], {
    cwd: root,
    env: environment,
  })
  const { testResults }: Report = JSON.parse(readFileSync(output, 'utf8'))
  const statuses = testResults.flatMap((file) => file.assertionResults.map(({ status }) => status))
  return { tests: statuses.length, failed: statuses.filter((status) => status === 'failed').length }
}

const healthy = outcome(undefined)
if (healthy.failed > 0) throw new Error(`${healthy.failed} tests fail without any mutation`)

let unnoticed = 0
for (const [index, { name, file, find }] of mutations.entries()) {
  if (!readFileSync(`${root}/${file}`, 'utf8').includes(find))
    throw new Error(`${name}: ${file} has no such text`)
  const { tests, failed } = outcome(index)
  if (tests !== healthy.tests) throw new Error(`${name}: ${tests} tests ran, ${healthy.tests} without it`)
  if (failed === 0) unnoticed += 1
  console.log(`${failed === 0 ? 'UNNOTICED' : `${failed} tests red`.padEnd(15)} ${name}`)
}
console.log(`${mutations.length - unnoticed} of ${mutations.length} mistakes noticed`)
process.exitCode = unnoticed === 0 ? 0 : 1
