import {
  experimentReportSchema,
  type PredictionRequest,
  pageSchema,
  predictionsSchema,
  problemSchema,
  runResourceSchema,
  submittedSchema,
} from '@thalweg/client'
import type { EnsembleReport, RunScores, Scores } from '@thalweg/document'
import type { ClaimedRun, Ending, Store } from '@thalweg/store'
import { describe, expect, test } from 'vitest'
import { experiment, submitTo, testService } from '../test/service.ts'
import { type Predictor, PredictorBusy } from './prediction/predictor.ts'

const graph = {
  ...experiment,
  vary: {},
  ensemble: {},
  distill: { run: { model: { name: 'mlp', hidden: [4] } } },
}

async function problemOf(response: Response) {
  expect(response.headers.get('content-type')).toBe('application/problem+json')
  const problem = problemSchema.parse(await response.json())
  expect(problem.status).toBe(response.status)
  return problem
}

async function claimed(store: Store): Promise<ClaimedRun> {
  const run = await store.claim('worker', 1000)
  if (run === undefined) throw new Error('nothing is queued')
  return run
}

const jsonFile = (name: string, value: unknown) => ({
  name,
  mediaType: 'application/json',
  data: new TextEncoder().encode(JSON.stringify(value)),
})

/** Ends the oldest run that can start. */
async function end(store: Store, ending: Ending): Promise<string> {
  const run = await claimed(store)
  await store.finish(run, ending)
  return run.runId
}

const scores = (loss: Scores['loss'], accuracy: number): Scores => ({
  loss,
  accuracy,
  brier: 0.1,
  calibrationError: 0.02,
})

const combined: EnsembleReport = {
  members: [
    {
      input: 0,
      name: 'seed 1',
      model: 'model.safetensors',
      weight: 1,
      scores: { validation: scores(0.5, 0.8) },
      predictionTimeMs: 2,
    },
  ],
  leftOut: [{ input: 1, name: 'seed 2', why: 'diverged: at step 3' }],
  meanMember: { scores: { validation: scores(0.5, 0.8) }, predictionTimeMs: 2 },
  ensemble: { scores: { validation: scores('Infinity', 0.9) }, predictionTimeMs: 4 },
  disagreement: { validation: 0.25 },
  diversity: { validation: 0.125 },
}

describe('submitting an ensemble', () => {
  test('its runs tell their roles and what they wait for', async () => {
    const { post, get } = await testService()
    const { id, runs } = submittedSchema.parse(await (await post('/v1/experiments', graph)).json())
    const listed = async (filter: string) => {
      const path = `/v1/runs?sort=id&filter=${encodeURIComponent(`experiment = "${id}"${filter}`)}`
      return pageSchema(runResourceSchema).parse(await (await get(path)).json()).items
    }
    expect((await listed('')).map(({ role, dependsOn }) => [role, ...dependsOn])).toEqual([
      ['member'],
      ['member'],
      ['ensemble', runs[0], runs[1]],
      ['student', runs[2]],
      ['baseline'],
    ])
    expect((await listed(' AND role = "student"')).map((run) => run.id)).toEqual([runs[3]])
  })

  test('files that all of its members lack are told once, those of the student at its own place', async () => {
    const { post } = await testService({ dataDirectory: '/nothing/here' })
    const mnist = (train: number) => ({ name: 'mnist', train, validation: 5 })
    const body = {
      ...graph,
      run: { ...graph.run, dataset: mnist(10) },
      ensemble: { members: { from: 'folds', count: 3 } },
      distill: { run: { ...graph.distill.run, dataset: mnist(20) } },
    }
    const { errors } = await problemOf(await post('/v1/experiments', body))
    const files = 4 // images and labels, of training and test
    const places = [...Array(files).fill('/run/dataset'), ...Array(files).fill('/distill/run/dataset')]
    expect(errors?.map(({ pointer }) => pointer)).toEqual(places)
  })
})

describe('the report', () => {
  const reportAt = async (get: (path: string) => Response | Promise<Response>, id: string) =>
    experimentReportSchema.parse(await (await get(`/v1/experiments/${id}/report`)).json())

  test('tells states alone at the start, scores as they are known, and all at the end', async () => {
    const { post, get, store } = await testService()
    const { id, runs } = submittedSchema.parse(await (await post('/v1/experiments', graph)).json())
    const [first, second, ensemble, student, baseline] = runs
    const queued = { state: 'queued', scores: {} }
    expect(await reportAt(get, id)).toEqual({
      members: [
        { run: first, name: 'seed 1', ...queued },
        { run: second, name: 'seed 2', ...queued },
      ],
      ensemble: { run: ensemble, ...queued },
      student: { run: student, ...queued },
      baseline: { run: baseline, ...queued },
    })

    const run = await claimed(store)
    const points = [
      ['validation.loss', 0.5],
      ['validation.accuracy', 0.8],
      ['validation.brier', 0.1],
      ['validation.calibrationError', 0.02],
      ['test.loss', 0.7],
    ] as const
    await store.report(
      run,
      {
        points: points.map(([key, value]) => ({ key, step: 9, value })),
        step: 9,
        totalSteps: 9,
        trainingMs: 1,
      },
      1000,
    )
    await store.finish(run, { state: 'succeeded', predictionTimeMs: 3 })
    const [member] = (await reportAt(get, id)).members
    expect(member).toEqual({
      run: first,
      name: 'seed 1',
      state: 'succeeded',
      scores: { validation: scores(0.5, 0.8) },
      predictionTimeMs: 3,
    })

    await end(store, { state: 'failed', reason: 'diverged', message: 'at step 3' })
    const studied: RunScores = {
      scores: { validation: { ...scores(0.6, 0.7), classAccuracy: [1, null, 0.5] } },
      biasCorrection: {
        classes: [2],
        offset: 3.5,
        frequency: 0.1,
        before: { validation: scores(0.9, 0.4) },
      },
    }
    // The baseline waits for nothing, so it comes before the ensemble's student.
    await end(store, {
      state: 'succeeded',
      message: 'left one out',
      artifacts: [jsonFile('report.json', combined)],
    })
    for (const _ of ['student', 'baseline']) {
      await end(store, { state: 'succeeded', artifacts: [jsonFile('scores.json', studied)] })
    }
    expect(await reportAt(get, id)).toEqual({
      members: [
        {
          run: first,
          name: 'seed 1',
          state: 'succeeded',
          model: 'model.safetensors',
          weight: 1,
          scores: { validation: scores(0.5, 0.8) },
          predictionTimeMs: 2,
        },
        {
          run: second,
          name: 'seed 2',
          state: 'failed',
          reason: 'diverged',
          message: 'at step 3',
          leftOut: 'diverged: at step 3',
          scores: {},
        },
      ],
      meanMember: combined.meanMember,
      ensemble: { run: ensemble, state: 'succeeded', message: 'left one out', ...combined.ensemble },
      disagreement: { validation: 0.25 },
      diversity: { validation: 0.125 },
      student: { run: student, state: 'succeeded', ...studied },
      baseline: { run: baseline, state: 'succeeded', ...studied },
    })
  })

  test('has a row for each model of a run that left several', async () => {
    const { post, get, store } = await testService()
    const body = { ...graph, seeds: [1], distill: undefined, ensemble: { members: { from: 'snapshots' } } }
    const { id, runs } = submittedSchema.parse(await (await post('/v1/experiments', body)).json())
    const [model] = combined.members
    const members = [1, 2].map((number) => ({
      ...model,
      model: `snapshot${number}.safetensors`,
      weight: 0.5,
    }))
    await end(store, { state: 'succeeded' })
    await end(store, {
      state: 'succeeded',
      artifacts: [jsonFile('report.json', { ...combined, members, leftOut: [] })],
    })
    const report = await reportAt(get, id)
    expect(report.members.map(({ run, name, model }) => [run, name, model])).toEqual([
      [runs[0], 'seed 1', 'snapshot1.safetensors'],
      [runs[0], 'seed 1', 'snapshot2.safetensors'],
    ])
    expect(report.student).toBeUndefined()
  })

  test('404 where there is no experiment, or none with an ensemble', async () => {
    const { post, get } = await testService()
    const { id } = submittedSchema.parse(await (await post('/v1/experiments', experiment)).json())
    expect((await problemOf(await get(`/v1/experiments/${id}/report`))).detail).toBe(
      `experiment ${id} has no ensemble to report on`,
    )
    expect((await problemOf(await get('/v1/experiments/none/report'))).detail).toBe(
      'there is no experiment none',
    )
  })
})

describe('predictions', () => {
  /** A service with a run that left a model, and what was asked of it. */
  async function predicting(predict: Predictor['predict']) {
    const asked: Parameters<Predictor['predict']>[0][] = []
    const service = await testService({
      predict: (question, load) => {
        asked.push(question)
        return predict(question, load)
      },
    })
    const [id = ''] = await submitTo(service.store, [1])
    const data = Uint8Array.of(3, 4)
    await end(service.store, {
      state: 'succeeded',
      artifacts: [{ name: 'model.safetensors', mediaType: 'application/octet-stream', data }],
    })
    const predictions = (body: Partial<PredictionRequest>) =>
      service.post('/v1/predictions', { run: id, ...body })
    return { ...service, id, asked, predictions }
  }
  const answer = async () => ({
    type: 'predicted' as const,
    probabilities: Float64Array.of(0.1, 0.7, 0.2, 0.5, 0.25, 0.25),
    classNames: ['a', 'b', 'c'],
  })

  test('are given with the names of the classes', async () => {
    const files: Uint8Array[] = []
    const { predictions, asked, store, id } = await predicting(async (_, load) => {
      files.push(await load())
      return answer()
    })
    const response = await predictions({
      rows: [
        [1, 2],
        [3, 4],
      ],
      temperature: 2,
    })
    expect(response.status).toBe(200)
    expect(predictionsSchema.parse(await response.json())).toEqual({
      classes: ['a', 'b', 'c'],
      probabilities: [
        [0.1, 0.7, 0.2],
        [0.5, 0.25, 0.25],
      ],
      prediction: [1, 0],
    })
    const sha256 = (await store.run(id))?.artifacts[0]?.sha256
    expect(asked).toEqual([{ sha256, rows: Float32Array.of(1, 2, 3, 4), width: 2, temperature: 2 }])
    expect(files).toEqual([Uint8Array.of(3, 4)])
  })

  test.each<[Record<string, unknown>, readonly string[]]>([
    [{}, ['/rows']],
    [{ rows: [] }, ['/rows']],
    [{ rows: [[]] }, ['/rows/0']],
    [{ rows: [[1, 2], [3]] }, ['/rows/1']],
    [{ rows: [[1, 'x']], temperature: 0 }, ['/rows/0/1', '/temperature']],
    [{ rows: [[1, 1e39]] }, ['/rows/0/1']],
    [{ rows: [[1]], run: 7 }, ['/run']],
    [{ rows: [[1]], temperatur: 1 }, ['']],
  ])('422 for %j, at each place', async (body, places) => {
    const { predictions } = await predicting(answer)
    const problem = await problemOf(await predictions(body))
    expect([problem.status, problem.type]).toEqual([422, '/problems/invalid-body'])
    expect(problem.errors?.map(({ pointer }) => pointer)).toEqual(places)
  })

  test('422 for rows of another width than the model takes', async () => {
    const { predictions } = await predicting(async () => ({ type: 'misfit', features: 784 }))
    const { status, errors } = await problemOf(await predictions({ rows: [[1, 2]] }))
    expect(status).toBe(422)
    expect(errors).toEqual([
      { pointer: '/rows/0', code: 'custom', message: 'the model takes 784 numbers a row, got 2' },
    ])
  })

  test('422 for rows of which the model can say nothing', async () => {
    const message = 'the outputs are not finite'
    const { predictions } = await predicting(async () => ({ type: 'refused', message }))
    const { status, errors } = await problemOf(await predictions({ rows: [[1, 2]] }))
    expect([status, errors]).toEqual([422, [{ pointer: '/rows', code: 'custom', message }]])
  })

  test('409 where the model knows no probabilities', async () => {
    const { predictions, post } = await predicting(answer)
    const run = { ...experiment.run, loss: { name: 'hinge' } }
    const submitted = await post('/v1/experiments', { name: 'hinge', run })
    const [hinge] = submittedSchema.parse(await submitted.json()).runs
    expect(await problemOf(await predictions({ rows: [[1, 2]], run: hinge }))).toMatchObject({
      status: 409,
      detail: `run ${hinge} learnt with hinge: it gives no probabilities`,
    })
  })

  test('404 where there is no run, 409 where it has no model', async () => {
    const { predictions, store } = await predicting(answer)
    const rows = [[1, 2]]
    expect((await problemOf(await predictions({ rows, run: 'none' }))).status).toBe(404)
    const [queued = ''] = await submitTo(store, [1])
    expect(await problemOf(await predictions({ rows, run: queued }))).toMatchObject({
      status: 409,
      type: '/problems/no-model',
      detail: `run ${queued} has no model: it is queued`,
    })
  })

  test('503 where too many wait, 500 where it fails', async () => {
    const busy = await predicting(() => Promise.reject(new PredictorBusy('32 predictions wait already')))
    const response = await busy.predictions({ rows: [[1]] })
    expect(response.headers.get('retry-after')).toBe('1')
    expect(await problemOf(response)).toMatchObject({ status: 503, detail: '32 predictions wait already' })
    const failing = await predicting(async () => ({ type: 'failed', message: 'no such layer' }))
    expect((await problemOf(await failing.predictions({ rows: [[1]] }))).status).toBe(500)
    expect(failing.log[0]).toContain('no such layer')
  })

  test('413 for a body that is too large', async () => {
    const { predictions } = await predicting(answer)
    const rows = [Array.from({ length: 600_000 }, () => 1)]
    expect((await problemOf(await predictions({ rows }))).status).toBe(413)
  })
})
