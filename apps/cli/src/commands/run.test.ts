import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type RunResource, ServiceError } from '@thalweg/client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { captureSurroundings } from '../../test/captured-surroundings.ts'
import { fakeId, metric } from '../../test/fake-client.ts'
import { runProgram } from '../program.ts'
import { shortId } from '../resource-id.ts'

let directory = ''
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'thalweg-cli-'))
  await writeFile(path.join(directory, 'two.json'), JSON.stringify(document))
})
afterAll(() => rm(directory, { recursive: true }))

const document = {
  name: 'two optimizers',
  run: { dataset: { name: 'spirals' }, optimizer: { name: 'sgd' } },
  vary: { optimizer: [{ name: 'sgd' }, { name: 'adam' }] },
}

/** Every look finds a run 40 steps on, of 100; then it has succeeded. */
function train(run: RunResource): RunResource {
  const step = Math.min(100, run.step + 40)
  const metrics = { 'train.loss': metric(0.25), 'validation.accuracy': metric(step / 100) }
  const state = step === 100 ? 'succeeded' : 'running'
  return { ...run, state, step, totalSteps: 100, stepsPerSecond: 1000, metrics }
}

describe('thalweg run', () => {
  it('submits, tells each run when it ends, and compares', async () => {
    const surroundings = captureSurroundings({ directory })
    surroundings.service.advance = train
    expect(await runProgram(['run', 'two.json'], surroundings)).toBe(0)
    expect(surroundings.stderr.text.split('\n')).toEqual([
      `Submitted "two optimizers": 2 runs. Look again: thalweg show ${shortId(fakeId(1, 0))}`,
      '',
      'sgd   succeeded  step 100/100  loss 0.250     val. 100.0%',
      'adam  succeeded  step 100/100  loss 0.250     val. 100.0%',
      '',
      '',
    ])
    expect(surroundings.stdout.text).toContain('adam          100.0%*')
    expect(surroundings.stdout.text).not.toContain('\u001b')
  })

  it('runs alone on a service of its own, with the data of THALWEG_DATA, and leaves nothing behind', async () => {
    const environment = { THALWEG_DATA: '/sets', THALWEG_BACKEND: 'wasm' }
    const surroundings = captureSurroundings({ directory, environment })
    surroundings.service.advance = train
    expect(await runProgram(['run', 'two.json', '--alone'], surroundings)).toBe(0)
    expect(surroundings.started).toMatchObject([
      { host: '127.0.0.1', port: 0, dataDirectory: '/sets', backend: 'wasm' },
    ])
    expect(surroundings.closed).toBe(1)
    expect(surroundings.stdout.text).toContain('adam          100.0%*')
    expect(await runProgram(['run', 'two.json', '--alone', '--server', 'http://x'], surroundings)).toBe(2)
  })

  it('shows a bar per run on a terminal', async () => {
    const surroundings = captureSurroundings({ directory, isTTY: true })
    surroundings.service.advance = train
    expect(await runProgram(['run', 'two.json'], surroundings)).toBe(0)
    expect(surroundings.stderr.text).toMatch(/█{24}.* {2}100\/100 {2}loss 0\.250 .*val\. 100\.0%/)
    expect(surroundings.stdout.text).toContain('\u001b[32m')
  })

  it('never colours with NO_COLOR', async () => {
    const surroundings = captureSurroundings({ directory, isTTY: true, environment: { NO_COLOR: '1' } })
    surroundings.service.advance = train
    await runProgram(['run', 'two.json'], surroundings)
    for (const code of [1, 2, 31, 32, 33, 36]) {
      expect(surroundings.stdout.text + surroundings.stderr.text).not.toContain(`\u001b[${code}m`)
    }
  })

  it('prints nothing but JSON with --json', async () => {
    const surroundings = captureSurroundings({ directory })
    surroundings.service.advance = train
    expect(await runProgram(['run', 'two.json', '--json'], surroundings)).toBe(0)
    expect(JSON.parse(surroundings.stdout.text)).toMatchObject({
      id: fakeId(1, 0),
      runs: [{ state: 'succeeded' }, { state: 'succeeded' }],
    })
  })

  it('exits 1 and says which run diverged', async () => {
    const surroundings = captureSurroundings({ directory })
    surroundings.service.advance = (run) =>
      run.document.optimizer.name === 'sgd'
        ? { ...train(run), state: 'failed', reason: 'diverged', metrics: { 'train.loss': metric('NaN') } }
        : train(run)
    expect(await runProgram(['run', 'two.json'], surroundings)).toBe(1)
    expect(surroundings.stderr.text).toContain('thalweg: 1 of 2 runs did not succeed: sgd diverged\n')
    expect(surroundings.stdout.text).toMatch(/sgd .*NaN .*diverged/)
  })

  it('exits 0 where an ensemble could do without the member that failed, else 1', async () => {
    const ensemble = { ...document, name: 'ensemble', ensemble: { minMembers: 1 } }
    await writeFile(path.join(directory, 'ensemble.json'), JSON.stringify(ensemble))
    for (const [state, exitCode] of [
      ['succeeded', 0],
      ['failed', 1],
    ] as const) {
      const surroundings = captureSurroundings({ directory })
      const { service } = surroundings
      service.advance = (run) => {
        if (run.role === 'ensemble') return { ...run, state }
        return run.document.optimizer.name === 'sgd' ? { ...run, state: 'failed' } : train(run)
      }
      service.reports.set(fakeId(1, 0), { members: [], ensemble: { run: 'e', state, scores: {} } })
      expect(await runProgram(['run', 'ensemble.json'], surroundings)).toBe(exitCode)
      expect(surroundings.stdout.text).toContain('ensemble (validation samples)')
    }
  })

  it('Ctrl-C stops the watching and leaves the runs going', async () => {
    const surroundings = captureSurroundings({ directory })
    surroundings.service.advance = (run) => ({ ...run, state: 'running' })
    const finished = runProgram(['run', 'two.json', '--server', 'http://b:2'], surroundings)
    setTimeout(() => surroundings.interrupt(), 20)
    expect(await finished).toBe(130)
    expect(surroundings.stderr.text).toContain(
      `thalweg: no longer watching; the runs go on. Look again: thalweg show ${shortId(fakeId(1, 0))} --server http://b:2\n`,
    )
    expect(surroundings.service.runs.map(({ cancelRequested }) => cancelRequested)).toEqual([false, false])
  })

  it('says that the runs are kept when the service goes away', async () => {
    const surroundings = captureSurroundings({ directory })
    surroundings.service.advance = () => {
      throw new ServiceError(0, 'unreachable', 'no service answers')
    }
    expect(await runProgram(['run', 'two.json'], surroundings)).toBe(1)
    expect(surroundings.stderr.text).toContain(
      'thalweg: the service at http://127.0.0.1:7431 no longer answers; started again, it goes on with the runs.',
    )
  })

  it('submits nothing that is no JSON or no experiment', async () => {
    await writeFile(path.join(directory, 'comma.json'), '{\n  "name": "a",\n}')
    const wrong = { ...document, vary: { optimizer: [{ name: 'adm' }] }, tag: 1 }
    await writeFile(path.join(directory, 'wrong.json'), JSON.stringify(wrong))
    const surroundings = captureSurroundings({ directory })
    expect(await runProgram(['run', 'comma.json'], surroundings)).toBe(2)
    expect(surroundings.stderr.text).toBe(
      'thalweg: comma.json:3:1: not JSON: expected a name in double quotes, found "}"\n',
    )
    expect(await runProgram(['run', 'wrong.json'], surroundings)).toBe(2)
    expect(surroundings.stderr.text).toContain('thalweg: wrong.json: /tag: unknown key "tag"\n')
    expect(surroundings.service.experiments).toEqual([])
  })
})
