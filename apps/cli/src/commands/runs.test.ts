import { describe, expect, it } from 'vitest'
import { captureSurroundings } from '../../test/captured-surroundings.ts'
import { createFakeClient } from '../../test/fake-client.ts'
import { runProgram } from '../program.ts'

const document = {
  name: 'rates',
  run: { dataset: { name: 'spirals' }, optimizer: { name: 'adam' } },
  vary: { 'optimizer.learningRate': [0.001, 0.01, 0.1] },
}

describe('thalweg runs', () => {
  it('lists runs, and how to go on', async () => {
    const surroundings = captureSurroundings()
    await createFakeClient(surroundings.service).submit(document)
    expect(await runProgram(['runs'], surroundings)).toBe(0)
    const [titles, , first, second, ...rest] = surroundings.stdout.text.split('\n')
    expect(titles?.split(/ {2,}/)).toEqual([
      'run',
      'experiment',
      'variation',
      'state',
      'step',
      'val. acc.',
      'created',
    ])
    expect(first?.split(/ {2,}/)).toEqual([
      '00000002',
      'rates',
      'learningRate=0.1',
      'queued',
      '0',
      '-',
      '3 min ago',
    ])
    expect(second).toContain('learningRate=0.01')
    expect(rest).toEqual(['', 'More: the same command with --cursor 2', ''])
  })

  it('prints nothing but the page with --json', async () => {
    const surroundings = captureSurroundings()
    const { runs } = await createFakeClient(surroundings.service).submit(document)
    expect(await runProgram(['runs', '--cursor', '2', '--json'], surroundings)).toBe(0)
    expect(JSON.parse(surroundings.stdout.text)).toMatchObject({ items: [{ id: runs[0] }] })
  })

  it('says when there is none', async () => {
    const surroundings = captureSurroundings()
    expect(await runProgram(['runs'], surroundings)).toBe(0)
    expect(surroundings.stdout.text).toBe('There are no runs yet.\n')
  })
})

describe('thalweg cancel', () => {
  it('cancels a queued run by the end of its id', async () => {
    const surroundings = captureSurroundings()
    const { runs } = await createFakeClient(surroundings.service).submit(document)
    expect(await runProgram(['cancel', '00000001'], surroundings)).toBe(0)
    expect(surroundings.stdout.text).toBe(`Run ${runs[1]}: cancelled.\n`)
  })

  it('leaves a finished run alone', async () => {
    const surroundings = captureSurroundings()
    const { runs } = await createFakeClient(surroundings.service).submit(document)
    surroundings.service.advance = (run) => ({ ...run, state: 'failed', reason: 'diverged' })
    expect(await runProgram(['cancel', runs[0] ?? ''], surroundings)).toBe(0)
    expect(surroundings.stdout.text).toBe(`Run ${runs[0]} had ended before: diverged.\n`)
  })
})
