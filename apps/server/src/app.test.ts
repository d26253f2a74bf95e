import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  datasetResourceSchema,
  experimentResourceSchema,
  optimizerResourceSchema,
  pageSchema,
  problemSchema,
  runDetailsResourceSchema,
  runResourceSchema,
  scheduleResourceSchema,
  seriesResourceSchema,
  submittedSchema,
} from '@thalweg/client'
import { describe, expect, test } from 'vitest'
import { experiment, submitTo, testService } from '../test/service.ts'

async function problemOf(response: Response) {
  expect(response.headers.get('content-type')).toBe('application/problem+json')
  const problem = problemSchema.parse(await response.json())
  expect(problem.status).toBe(response.status)
  expect(problem.instance).toMatch(/^urn:uuid:/)
  return problem
}

describe('submitting', () => {
  test('201 with the ids of the runs in the order of the expansion', async () => {
    const { post, store, wakes } = await testService()
    const response = await post('/v1/experiments', experiment)
    expect(response.status).toBe(201)
    const { id, runs } = submittedSchema.parse(await response.json())
    expect(response.headers.get('location')).toBe(`/v1/experiments/${id}`)
    expect(wakes).toHaveLength(1)
    const stored = await Promise.all(runs.map((run) => store.run(run)))
    expect(stored.map((run) => [run?.document.optimizer.name, run?.document.seed])).toEqual([
      ['sgd', 1],
      ['sgd', 2],
      ['adam', 1],
      ['adam', 2],
    ])
  })

  test('422 with all faults at once, each at its place', async () => {
    const { post } = await testService()
    const response = await post('/v1/experiments', {
      name: 'faulty',
      run: { dataset: { name: 'spirals', noise: -1 }, optimizer: { name: 'adm' }, batchsize: 3 },
    })
    expect(response.status).toBe(422)
    const problem = await problemOf(response)
    expect(problem).toMatchObject({ type: '/problems/invalid-document', detail: 'the document has 3 faults' })
    expect(problem.errors?.map(({ pointer }) => pointer).sort()).toEqual([
      '/run/batchsize',
      '/run/dataset/noise',
      '/run/optimizer/name',
    ])
    expect(problem.errors?.find(({ pointer }) => pointer === '/run/optimizer/name')?.message).toMatch(
      /^unknown optimizer "adm"; there are: sgd,/,
    )
  })

  test('422 names the folder where the files of a data set are missing, at the place of the data set', async () => {
    const dataDirectory = await mkdtemp(join(tmpdir(), 'thalweg-'))
    const { post } = await testService({ dataDirectory })
    const { errors } = await problemOf(
      await post('/v1/experiments', {
        ...experiment,
        vary: { dataset: [{ name: 'moons' }, { name: 'mnist', train: 10 }] },
      }),
    )
    expect(errors).toHaveLength(4) // images and labels, of training and test
    expect(errors?.[0]).toMatchObject({ pointer: '/vary/dataset/1', code: 'missing-file' })
    expect(errors?.[0]?.message).toContain(join(dataDirectory, 'mnist'))
    await rm(dataDirectory, { recursive: true })
  })

  test('422 says that no data directory is configured', async () => {
    const { post } = await testService()
    const run = { ...experiment.run, dataset: { name: 'csv', file: 'iris.csv' } }
    const { errors } = await problemOf(await post('/v1/experiments', { ...experiment, run }))
    expect(errors).toMatchObject([{ pointer: '/run/dataset', code: 'no-directory' }])
  })

  test.each([
    ['a body that is no JSON', '{"name":', {}, 400, 'malformed-json'],
    ['no body', '', {}, 400, 'malformed-json'],
    ['another content type', '{}', { 'content-type': 'text/plain' }, 415, 'unsupported-media-type'],
    ['a body that is too large', ' '.repeat(1024 * 1024 + 1), {}, 413, 'too-large'],
    [
      'a body that nests too deep',
      `{"run":${'['.repeat(1e5)}${']'.repeat(1e5)}}`,
      {},
      422,
      'invalid-document',
    ],
    ['a key that reaches prototypes', '{"run":{"__proto__":{}}}', {}, 422, 'invalid-document'],
    ['a page of another origin', '{}', { origin: 'http://evil.example' }, 403, 'cross-origin'],
  ])('%s is refused', async (_, body, headers, status, code) => {
    const { post, store } = await testService()
    const response = await post('/v1/experiments', body, headers)
    expect(response.status).toBe(status)
    expect((await problemOf(response)).type).toBe(`/problems/${code}`)
    expect(await store.isEmpty()).toBe(true)
  })

  test('a page of this service may submit', async () => {
    const { post } = await testService()
    const own = { origin: 'http://127.0.0.1:7431', host: '127.0.0.1:7431' }
    expect((await post('/v1/experiments', experiment, own)).status).toBe(201)
  })

  test('503 with Retry-After while draining', async () => {
    const { post, get, state } = await testService()
    expect((await get('/readyz')).status).toBe(200)
    state.draining = true
    const response = await post('/v1/experiments', experiment)
    expect(response.status).toBe(503)
    expect(response.headers.get('retry-after')).toBe('10')
    expect((await problemOf(response)).detail).toBe(
      'the service is shutting down; submit again when it is back',
    )
    expect((await get('/readyz')).status).toBe(503)
    expect((await get('/healthz')).status).toBe(200)
  })
})

describe('reading', () => {
  test('experiments, page by page', async () => {
    const { get, store } = await testService()
    await submitTo(store, [1])
    await submitTo(store, [2])
    const page = pageSchema(experimentResourceSchema)
    const first = await get('/v1/experiments?limit=1')
    const { items, nextCursor } = page.parse(await first.json())
    expect(items).toMatchObject([{ name: 'two optimizers', runs: { queued: 1, running: 0 } }])
    const link = /^<(.+)>; rel="next"$/.exec(first.headers.get('link') ?? '')?.[1] ?? ''
    expect(link).toBe(`/v1/experiments?limit=1&cursor=${nextCursor}`)
    const second = page.parse(await (await get(link)).json())
    expect(second.items[0]?.document.seeds).toEqual([1])
    expect(second.nextCursor).toBeUndefined()
    const one = await get(`/v1/experiments/${items[0]?.id}`)
    expect(experimentResourceSchema.parse(await one.json())).toEqual(items[0])
  })

  test('runs, filtered and sorted', async () => {
    const { get, store } = await testService()
    await submitTo(store, [1, 2, 3])
    const filter = encodeURIComponent('seed >= 2')
    const response = await get(`/v1/runs?filter=${filter}&sort=-seed`)
    const { items } = pageSchema(runResourceSchema).parse(await response.json())
    expect(items.map(({ document }) => document.seed)).toEqual([3, 2])
    expect(items[0]).toMatchObject({ state: 'queued', attempt: 0, variation: {}, metrics: {} })
    const one = await get(`/v1/runs/${items[0]?.id}`)
    const details = { ...items[0], artifacts: [], tensorSeries: [] }
    expect(runDetailsResourceSchema.parse(await one.json())).toEqual(details)
  })

  test('series, with what JSON cannot say as strings', async () => {
    const { get, store } = await testService()
    const [id] = await submitTo(store, [1])
    const claimed = await store.claim('test', 1000)
    const values = [1, Number.NaN, Infinity, -Infinity]
    const points = values.map((value, index) => ({ key: 'train.loss' as const, step: index + 1, value }))
    await store.report(claimed!, { points, step: 4, totalSteps: 8, trainingMs: 2 }, 1000)

    const text = await (await get(`/v1/runs/${id}/series?keys=train.loss&from=2&to=4`)).text()
    expect(text).toContain('"values":["NaN","Infinity","-Infinity"]')
    expect(pageSchema(seriesResourceSchema).parse(JSON.parse(text)).items).toMatchObject([
      { steps: [2, 3, 4] },
    ])

    const run = runResourceSchema.parse(await (await get(`/v1/runs/${id}`)).json())
    expect(run).toMatchObject({ step: 4, totalSteps: 8, stepsPerSecond: 2000 })
    expect(run.metrics['train.loss']).toEqual({ last: '-Infinity', lastStep: 4, min: 1, max: 1, points: 4 })
    for (const path of ['/v1/runs', '/v1/experiments', `/v1/runs/${id}`]) {
      expect(await (await get(path)).text()).not.toMatch(/[:[,](NaN|-?Infinity|null)\b/)
    }
  })

  test('what can be named', async () => {
    const { get } = await testService()
    const optimizers = pageSchema(optimizerResourceSchema).parse(await (await get('/v1/optimizers')).json())
    expect(optimizers.items.find(({ name }) => name === 'adam')?.hyperparameters).toContainEqual({
      name: 'beta1',
      default: 0.9,
      range: { atLeast: 0, lessThan: 1 },
    })
    const lbfgs = optimizers.items.find(({ name }) => name === 'lbfgs')
    expect(lbfgs?.hyperparameters).toContainEqual(
      expect.objectContaining({ name: 'bounds.lower', range: {}, summary: 'None by default.' }),
    )
    expect(lbfgs?.hyperparameters).toContainEqual(
      expect.objectContaining({ name: 'lineSearch', choices: expect.arrayContaining(['more-thuente']) }),
    )
    expect(optimizers.items.map(({ name }) => name)).toEqual(expect.arrayContaining(['onlineLbfgs', 'sfo']))
    const schedules = pageSchema(scheduleResourceSchema).parse(await (await get('/v1/schedules')).json())
    expect(schedules.items.map(({ name }) => name)).toContain('cosine')
    const datasets = pageSchema(datasetResourceSchema).parse(await (await get('/v1/datasets')).json())
    expect(datasets.items.map(({ name }) => name)).toContain('mnist')
    expect(datasets.items[0]?.schema).toMatchObject({
      type: 'object',
      properties: { name: { const: 'spirals' } },
    })
  })

  test.each([
    [
      '/v1/runs?srot=step',
      400,
      'invalid-query',
      'unknown query parameter "srot"; there are: filter, sort, limit, cursor',
    ],
    ['/healthz?x=1', 400, 'invalid-query', 'unknown query parameter "x"; there are: none'],
    ['/v1/runs?limit=5000', 400, 'invalid-query', 'limit must be a whole number from 1 to 1000'],
    ['/v1/runs?limit=x&sort=a&sort=b', 400, 'invalid-query', 'sort must be given once; limit must be'],
    ['/v1/runs?filter=loss%20%3C', 400, 'invalid-filter', 'filter, column '],
    ['/v1/runs?sort=colour', 400, 'invalid-sort', 'sort, column 1: expected one of the fields'],
    ['/v1/runs?cursor=x', 400, 'invalid-cursor', 'cursor'],
    ['/v1/runs/none', 404, 'not-found', 'there is no run none'],
    ['/v1/runs/none/series', 404, 'not-found', 'there is no run none'],
    ['/v1/experiments/none', 404, 'not-found', 'there is no experiment none'],
    ['/v2/runs', 404, 'not-found', 'there is nothing at /v2/runs; see /openapi.json'],
    ['/docs/%2e%2e/package.json', 404, 'not-found', 'there is nothing at'],
  ])('GET %s is refused', async (path, status, code, detail) => {
    const { get } = await testService()
    const response = await get(path)
    expect(response.status).toBe(status)
    const problem = await problemOf(response)
    expect(problem.type).toBe(`/problems/${code}`)
    expect(problem.detail).toContain(detail)
  })

  test('what a worker told of a run', async () => {
    const { get, store } = await testService()
    const [id] = await submitTo(store, [1])
    const claimed = await store.claim('test', 1000)
    const points = [{ key: 'dense1.weight.norm' as const, step: 1, value: 2 }]
    const report = { points, step: 4, totalSteps: 8, trainingMs: 2.5, targetStep: 3, backend: 'wasm' }
    await store.report(claimed!, report, 1000)
    await store.finish(claimed!, { state: 'succeeded', stoppedEarly: true, message: 'a note' })
    const filter = encodeURIComponent('backend = "wasm" AND backend LIKE "w%"')
    const list = await get(`/v1/runs?filter=${filter}`)
    const run = { id, backend: 'wasm', targetStep: 3, targetTrainingMs: 2.5, stoppedEarly: true }
    expect(pageSchema(runResourceSchema).parse(await list.json()).items).toMatchObject([run])
    const one = runDetailsResourceSchema.parse(await (await get(`/v1/runs/${id}`)).json())
    expect(one).toMatchObject({ ...run, message: 'a note', tensorSeries: ['dense1.weight.norm'] })
    const series = await get(`/v1/runs/${id}/series?keys=train.loss,dense1.weight.norm`)
    expect(pageSchema(seriesResourceSchema).parse(await series.json()).items).toEqual([
      { key: 'dense1.weight.norm', steps: [1], values: [2], sampled: false },
    ])
    expect(await (await get(`/v1/runs/${id}/series`)).json()).toEqual({ items: [] })
  })

  test('a file that a run left, in parts, and not again for whoever has it', async () => {
    const { app, get, store } = await testService()
    const [id, other] = await submitTo(store, [1, 2])
    const data = Uint8Array.from({ length: 2 ** 20 + 3 }, (_, index) => index * 7)
    const artifact = { name: 'model.safetensors', mediaType: 'application/octet-stream', data }
    await store.finish((await store.claim('test', 1000))!, { state: 'succeeded', artifacts: [artifact] })
    const run = runDetailsResourceSchema.parse(await (await get(`/v1/runs/${id}`)).json())
    const [listed] = run.artifacts
    const sha256 = createHash('sha256').update(data).digest('hex')
    expect(listed).toMatchObject({ name: 'model.safetensors', bytes: data.length, sha256 })

    const path = `/v1/runs/${id}/artifacts/${listed?.id}`
    const response = await get(path)
    expect(response.status).toBe(200)
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-length': String(data.length),
      'content-disposition': 'attachment; filename="model.safetensors"',
      etag: `"${sha256}"`,
    })
    expect(Buffer.compare(await response.bytes(), data)).toBe(0)
    const head = await app.request(path, { method: 'HEAD' })
    expect(head.headers.get('content-length')).toBe(String(data.length))
    expect(await head.text()).toBe('')

    for (const known of [`"${sha256}"`, `"x", W/"${sha256}"`, '*']) {
      const again = await get(path, { 'if-none-match': known })
      expect([again.status, await again.text()]).toEqual([304, ''])
    }
    expect((await get(path, { 'if-none-match': '"x"' })).status).toBe(200)
    for (const [run, file] of [
      [other, listed?.id],
      [id, 'none'],
    ]) {
      const missing = await get(`/v1/runs/${run}/artifacts/${file}`)
      expect(missing.status).toBe(404)
      expect((await problemOf(missing)).detail).toBe(`run ${run} has no artifact ${file}`)
    }
  })

  test('at most 32 series at once', async () => {
    const { get, store } = await testService()
    const [id] = await submitTo(store, [1])
    const keys = (count: number) => Array.from({ length: count }, (_, index) => `t${index}.w.norm`).join(',')
    expect((await get(`/v1/runs/${id}/series?keys=${keys(32)}`)).status).toBe(200)
    const response = await get(`/v1/runs/${id}/series?keys=${keys(33)}`)
    expect(response.status).toBe(400)
    expect((await problemOf(response)).detail).toBe('keys must name at most 32 series, got 33')
  })

  test('an unknown series is answered with the list', async () => {
    const { get, store } = await testService()
    const [id] = await submitTo(store, [1])
    const response = await get(`/v1/runs/${id}/series?keys=train.loss,loss`)
    expect(response.status).toBe(400)
    expect((await problemOf(response)).detail).toMatch(/^there is no series "loss"; there are: train\.loss, /)
  })
})

describe('cancelling', () => {
  test('a queued run is cancelled at once, again with the same body', async () => {
    const { post, store, cancelled } = await testService()
    const [id] = await submitTo(store, [1])
    const first = await post(`/v1/runs/${id}/cancellation`, '')
    expect(first.status).toBe(200)
    const run = runResourceSchema.parse(await first.json())
    expect(run).toMatchObject({ state: 'cancelled', cancelRequested: true })
    const second = await post(`/v1/runs/${id}/cancellation`, '')
    expect([second.status, await second.json()]).toEqual([200, run])
    expect(cancelled).toEqual([])
  })

  test('a running run is asked to stop, once', async () => {
    const { post, store, cancelled } = await testService()
    const [id] = await submitTo(store, [1])
    await store.claim('test', 1000)
    const first = await post(`/v1/runs/${id}/cancellation`, '')
    expect(first.status).toBe(202)
    const run = runResourceSchema.parse(await first.json())
    expect(run).toMatchObject({ state: 'running', cancelRequested: true })
    const second = await post(`/v1/runs/${id}/cancellation`, '')
    expect([second.status, await second.json()]).toEqual([200, run])
    expect(cancelled).toEqual([id])
  })

  test('409 for a finished run, 404 for none, 403 for a page of another origin', async () => {
    const { post, store } = await testService()
    const [id] = await submitTo(store, [1])
    await store.finish((await store.claim('test', 1000))!, { state: 'succeeded' })
    const finished = await post(`/v1/runs/${id}/cancellation`, '')
    expect(finished.status).toBe(409)
    expect(await problemOf(finished)).toMatchObject({
      type: '/problems/run-finished',
      detail: `run ${id} has already succeeded`,
    })
    expect((await post('/v1/runs/none/cancellation', '')).status).toBe(404)
    expect((await post(`/v1/runs/${id}/cancellation`, '', { origin: 'null' })).status).toBe(403)
  })
})

describe('every answer', () => {
  test.each(['127.0.0.1:7431', 'localhost', 'LOCALHOST:80', '[::1]:7431'])('is given to %s', async (host) => {
    const { get } = await testService()
    expect((await get('/healthz', { host })).status).toBe(200)
  })

  test.each(['evil.example', '127.0.0.1.evil.example', 'localhost:1@evil.example', '0.0.0.0:7431'])(
    'is refused to %s',
    async (host) => {
      const { get } = await testService()
      for (const path of ['/', '/v1/runs', '/docs', '/nothing']) {
        const response = await get(path, { host })
        expect(response.status).toBe(421)
        expect((await problemOf(response)).detail).toContain('it answers for 127.0.0.1, localhost, [::1]')
      }
    },
  )

  test('405 names the methods that apply', async () => {
    const { app } = await testService()
    const response = await app.request('/v1/experiments', { method: 'DELETE' })
    expect(response.status).toBe(405)
    expect(response.headers.get('allow')).toBe('POST, GET, HEAD')
    expect((await problemOf(response)).detail).toBe('DELETE does not apply here; these do: POST, GET, HEAD')
  })

  test('500 tells an instance that the log has, and no stack', async () => {
    const { get, log } = await testService({
      store: { run: async () => Promise.reject(new Error('secret of the disk')) },
    })
    const response = await get('/v1/runs/1')
    expect(response.status).toBe(500)
    const text = JSON.stringify(await problemOf(response))
    expect(text).not.toContain('secret')
    const instance = /urn:uuid:[-0-9a-f]+/.exec(text)?.[0] ?? ''
    expect(log).toHaveLength(1)
    expect(log[0]).toContain(instance)
    expect(log[0]).toContain('secret of the disk')
  })

  test('carries security headers, errors too', async () => {
    const { get } = await testService()
    for (const path of ['/healthz', '/docs', '/nothing', '/v1/runs?x=1']) {
      const { headers } = await get(path)
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('x-frame-options')).toBe('DENY')
      expect(headers.get('content-security-policy')).toContain("default-src 'none'")
      expect(headers.get('access-control-allow-origin')).toBeNull()
    }
    expect((await get('/docs')).headers.get('content-security-policy')).toContain("script-src 'self'")
    expect((await get('/healthz')).headers.get('content-security-policy')).not.toContain('script-src')
  })
})
