import { execFile } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, it } from 'vitest'

const folder = resolve(import.meta.dirname, '../../examples')
const programs = readdirSync(folder).filter((name) => name.endsWith('.ts'))

function run(program: string): Promise<{ code: number; output: string }> {
  return new Promise((done) => {
    const flags = ['--conditions=@thalweg/source', join(folder, program)]
    execFile(process.execPath, flags, (error, stdout, stderr) => {
      done({ code: error === null ? 0 : Number(error.code), output: stdout + stderr })
    })
  })
}

it('there are programs in examples/', () => {
  expect(programs.length).toBeGreaterThan(2)
})

it.each(programs)('examples/%s measures what it expects', async (program) => {
  const { code, output } = await run(program)
  expect(code, output).toBe(0)
  expect(output).toMatch(/expected +measured/)
})
