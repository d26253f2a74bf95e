import { join, resolve } from 'node:path'
import type { ExperimentReport, RunResource } from '@thalweg/client'
import { expect, it } from 'vitest'
import { remains } from './remains.ts'
import { finished, type Service, settled, startService, temporaryFolder, thalweg, until } from './service.ts'

const run = {
  dataset: { name: 'spirals', samplesPerClass: 200, noise: 0.6, preprocess: ['standardize'] },
  model: { name: 'mlp', hidden: [48, 48] },
  optimizer: { name: 'adam', learningRate: 0.003 },
  batchSize: 16,
  // Some seconds a run: long enough to be killed in the middle.
  epochs: 300,
} as const

const ofSeeds = {
  name: 'three seeds and a student',
  run,
  seeds: [1, 2, 3],
  ensemble: { select: { name: 'greedy', bags: 5 } },
  distill: { run: { model: { name: 'mlp', hidden: [24] }, epochs: 900 }, temperature: 2, hardWeight: 0.3 },
} as const

const ofSnapshots = {
  name: 'three snapshots and a student that never sees a class',
  run: { ...run, averaging: { name: 'ema', decay: 0.99 } },
  ensemble: { members: { from: 'snapshots', cycles: 3 }, combine: 'logProbabilities' },
  distill: {
    run: { model: { name: 'mlp', hidden: [24] }, epochs: 900 },
    transfer: { without: [2] },
    biasCorrection: true,
  },
} as const

/** A report without what differs from one time to the next: ids and times. */
function bitsOf(report: ExperimentReport): unknown {
  return JSON.parse(
    JSON.stringify(report, (key, value) => (key === 'run' || key === 'predictionTimeMs' ? undefined : value)),
  )
}

/** All that the runs of an experiment recorded and left, but for times. */
async function outcome({ client }: Service, runs: readonly string[], experiment: string) {
  return {
    report: bitsOf(await client.report(experiment)),
    runs: await Promise.all(runs.map((id) => remains(client, id))),
  }
}

/** Waits for a run to be in a phase, stops the service there and starts it anew. */
async function stoppedIn(
  service: Service,
  { database, signal = 'SIGKILL' }: { readonly database: string; readonly signal?: NodeJS.Signals },
  id: string,
  phase: (run: RunResource) => boolean,
): Promise<Service> {
  // A run that was faster than anyone could look would be waited for in vain.
  const run = await until(service.client, id, (each) => phase(each) || each.state === 'succeeded')
  expect(phase(run), `${run.role} at step ${run.step}, ${run.state}`).toBe(true)
  await service.stop(signal)
  return startService(database)
}

it.each([ofSeeds, ofSnapshots])(
  '$name: killed in every phase, they end with the report of those that never were',
  async (document) => {
    const folder = await temporaryFolder()
    const database = join(folder.path, 'thalweg.db')
    let service = await startService(database)
    const { id, runs } = await service.client.submit(document)
    const [member = '', ...others] = runs
    const [baseline = '', student = '', ensemble = ''] = others.toReversed()

    const isTraining = ({ state, step }: RunResource) => state === 'running' && step > 300
    service = await stoppedIn(service, { database }, member, isTraining)
    // Between the last member and the end of the combination, as far as one can look.
    service = await stoppedIn(service, { database }, ensemble, ({ state }) => state !== 'queued')
    // Once by SIGTERM, which leaves a checkpoint.
    service = await stoppedIn(service, { database, signal: 'SIGTERM' }, student, isTraining)
    service = await stoppedIn(service, { database }, student, (run) => isTraining(run) && run.attempt > 1)
    const found = await settled(service.client, id)
    expect(found.map(({ state }) => state)).toEqual(runs.map(() => 'succeeded'))
    for (const interrupted of [member, student]) {
      expect((await service.client.run(interrupted)).attempt).toBeGreaterThan(1)
    }
    expect((await service.client.run(baseline)).role).toBe('baseline')

    const whole = await service.client.submit(document)
    await settled(service.client, whole.id)
    const expected = await outcome(service, whole.runs, whole.id)
    expect(await outcome(service, runs, id)).toEqual(expected)
    expect(expected.runs).toHaveLength(runs.length)
    expect(expected.report).toMatchObject({ ensemble: { scores: { validation: {} } } })
    await service.stop('SIGTERM')
    await folder.remove()
  },
  240_000,
)

const diverging = {
  name: 'one that diverges',
  run: { ...run, epochs: 20 },
  vary: { 'optimizer.learningRate': [0.003, 1e38, 0.01] },
  distill: { run: { model: { name: 'mlp', hidden: [8] } }, baseline: false },
} as const

it('goes on without a member that failed where the document allows it, and says which and why', async () => {
  const folder = await temporaryFolder()
  const service = await startService(join(folder.path, 'thalweg.db'))
  const { client } = service
  const lenient = await client.submit({ ...diverging, ensemble: { minMembers: 2 } })
  const strict = await client.submit({ ...diverging, ensemble: {} })
  await settled(client, lenient.id)
  await settled(client, strict.id)
  const states = async (runs: readonly string[]) =>
    (await Promise.all(runs.map((id) => client.run(id)))).map(({ state, reason }) => reason ?? state)

  expect(await states(lenient.runs)).toEqual(['succeeded', 'diverged', 'succeeded', 'succeeded', 'succeeded'])
  const report = await client.report(lenient.id)
  expect(report.members.map(({ weight }) => weight)).toEqual([0.5, undefined, 0.5])
  expect(report.members[1]?.leftOut).toMatch(/not finite at step/)
  expect(report.ensemble.message).toContain('optimizer.learningRate=1e+38, seed 1')

  expect(await states(strict.runs)).toEqual(['succeeded', 'diverged', 'succeeded', 'error', 'error'])
  const failed = await client.report(strict.id)
  expect(failed.ensemble.message).toMatch(/optimizer\.learningRate=1e\+38, seed 1.*not finite at step/)
  expect(failed.student?.message).toContain('the ensemble that it was to learn from has no model')
  expect(failed.student?.message).toContain('not finite at step')
  await service.stop('SIGTERM')
  await folder.remove()
})

it('predicts with a single model and with an ensemble', async () => {
  const folder = await temporaryFolder()
  const service = await startService(join(folder.path, 'thalweg.db'))
  const { client, url } = service
  const document = { ...ofSeeds, run: { ...run, epochs: 5 }, ensemble: {}, distill: undefined }
  const { id, runs } = await client.submit(document)
  await settled(client, id)
  const ask = async (body: object) => {
    const response = await fetch(`${url}/v1/predictions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    return { status: response.status, body: await response.json() }
  }
  const rows = [
    [0.3, -0.2],
    [-0.7, 0.5],
  ]
  const asked = await Promise.all(runs.map((run) => ask({ run, rows })))
  expect(asked.map(({ status }) => status)).toEqual(runs.map(() => 200))
  const tables = asked.map(({ body }) => body.probabilities.flat())
  const [ensemble, ...members] = tables.toReversed()
  ensemble.forEach((probability: number, place: number) => {
    const mean = members.reduce((sum, member) => sum + member[place], 0) / members.length
    expect(probability).toBeCloseTo(mean, 6)
  })
  const [first] = asked
  expect(first?.body.classes).toHaveLength(3)
  expect(first?.body.prediction).toEqual(
    first?.body.probabilities.map((row: number[]) => row.indexOf(Math.max(...row))),
  )
  const softened = await ask({ run: runs[0], rows, temperature: 1000 })
  for (const probability of softened.body.probabilities.flat()) expect(probability).toBeCloseTo(1 / 3, 1)
  expect(await ask({ run: runs[0], rows: [[1]] })).toMatchObject({
    status: 422,
    body: { errors: [{ pointer: '/rows/0', message: 'the model takes 2 numbers a row, got 1' }] },
  })
  expect((await ask({ run: 'none', rows })).status).toBe(404)
  await service.stop('SIGTERM')
  await folder.remove()
})

it("runs the guide's document to its table", async () => {
  const guide = resolve(import.meta.dirname, '../../docs/how-to/digits-ensemble.json')
  const { code, stdout } = await finished(thalweg('run', guide, '--alone'))
  const rows = stdout.split('\n').filter((line) => / \d+\.\d\d% .* succeeded$/.test(line))
  const names = ['seed 1', 'seed 2', 'seed 3', 'seed 4', 'seed 5', 'ensemble', 'student', 'student on labels']
  expect(rows.map((row) => /^\S+( \S+)*/.exec(row)?.[0])).toEqual(names)
  expect(code).toBe(0)
})
