import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Captured, captureSurroundings } from '../../test/captured-surroundings.ts'
import { createFakeClient } from '../../test/fake-client.ts'
import { runProgram } from '../program.ts'

const bytes = Uint8Array.from({ length: 300_000 }, (_, index) => index * 31)
const sha256 = createHash('sha256').update(bytes).digest('hex')

let directory = ''
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'thalweg-cli-'))
})
afterEach(() => rm(directory, { recursive: true }))

/** A service with one run, which left a model. */
async function trained(digest = sha256): Promise<{ surroundings: Captured; id: string }> {
  const surroundings = captureSurroundings({ directory })
  const run = { dataset: { name: 'spirals' }, optimizer: { name: 'adam' } }
  const { runs } = await createFakeClient(surroundings.service).submit({ name: 'a', run })
  const id = runs[0] ?? ''
  surroundings.service.files.set(id, [{ name: 'model.safetensors', bytes, sha256: digest }])
  return { surroundings, id }
}

describe('thalweg model', () => {
  it.each([
    [[], '00000000.safetensors'],
    [['-o', 'digits.safetensors'], 'digits.safetensors'],
  ])('with %j writes %s', async (options, file) => {
    const { surroundings, id } = await trained()
    expect(await runProgram(['model', '00000000', ...options], surroundings)).toBe(0)
    expect(surroundings.stdout.text).toBe(`Run ${id}: its model is in ${file} (300.0 kB).\n`)
    expect(Buffer.compare(await readFile(path.join(directory, file)), bytes)).toBe(0)
    expect(await readdir(directory)).toEqual([file])
  })

  it('leaves nothing of a download that is not what it should be', async () => {
    const { surroundings, id } = await trained('0'.repeat(64))
    expect(await runProgram(['model', id], surroundings)).toBe(1)
    expect(surroundings.stderr.text).toBe(
      'thalweg: what came is not what the service keeps: its SHA-256 differs\n',
    )
    expect(await readdir(directory)).toEqual([])
  })

  it('says why a run has none', async () => {
    const { surroundings, id } = await trained()
    surroundings.service.files.clear()
    surroundings.service.advance = (run) => ({ ...run, state: 'failed', reason: 'error', message: 'no room' })
    expect(await runProgram(['model', id], surroundings)).toBe(1)
    expect(surroundings.stderr.text).toBe(`thalweg: run ${id} has no model: failed (error) (no room)\n`)
  })

  it.each([
    ['no/such/folder', 'there is no such folder'],
    ['folder', 'it is a folder'],
  ])('exits 2 where %s cannot be written', async (file, reason) => {
    await mkdir(path.join(directory, 'folder'))
    const { surroundings, id } = await trained()
    expect(await runProgram(['model', id, '-o', file], surroundings)).toBe(2)
    expect(surroundings.stderr.text).toBe(`thalweg: cannot write ${file}: ${reason}\n`)
    expect(await readdir(directory)).toEqual(['folder'])
  })
})
