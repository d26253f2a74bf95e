import { existsSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { captureSurroundings } from '../../test/captured-surroundings.ts'
import { metric } from '../../test/fake-client.ts'
import { runProgram } from '../program.ts'

describe('thalweg demo', () => {
  it('compares six optimizers on a service of its own and leaves nothing behind', async () => {
    const surroundings = captureSurroundings()
    surroundings.service.advance = (run) => ({
      ...run,
      state: 'succeeded',
      metrics: { 'train.loss': metric(0.1), 'validation.accuracy': metric(0.9) },
    })
    expect(await runProgram(['demo'], surroundings)).toBe(0)
    const [settings] = surroundings.started
    expect(settings).toMatchObject({ host: '127.0.0.1', port: 0 })
    expect(surroundings.closed).toBe(1)
    expect(existsSync(path.dirname(settings?.databasePath ?? '.'))).toBe(false)
    for (const name of ['sgd', 'momentum', 'nesterov', 'adagrad', 'rmsprop', 'adam']) {
      expect(surroundings.stdout.text).toMatch(new RegExp(`^${name} .*succeeded$`, 'm'))
    }
  })

  it('exits 1 if a run failed, and still leaves nothing behind', async () => {
    const surroundings = captureSurroundings()
    surroundings.service.advance = (run) => ({ ...run, state: 'failed', reason: 'error', message: 'broken' })
    expect(await runProgram(['demo'], surroundings)).toBe(1)
    expect(surroundings.stderr.text).toContain(
      'thalweg: 6 of 6 runs did not succeed: sgd failed (error) (broken), ',
    )
    expect(surroundings.closed).toBe(1)
    expect(existsSync(path.dirname(surroundings.started[0]?.databasePath ?? '.'))).toBe(false)
  })
})
