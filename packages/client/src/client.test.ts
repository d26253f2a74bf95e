import { expect, test } from 'vitest'
import { createClient } from './client.ts'
import { fromWireNumber, toWireNumber } from './wire.ts'

function clientOf(answer: () => Response | Promise<Response>) {
  const requests: { readonly url: string; readonly init: RequestInit | undefined }[] = []
  const client = createClient({
    baseUrl: 'http://127.0.0.1:7431/',
    fetch: async (url, init) => {
      requests.push({ url: String(url), init })
      return answer()
    },
  })
  return { client, requests }
}

test('asks for what the options say and nothing else', async () => {
  const { client, requests } = clientOf(() => Response.json({ items: [] }))
  await client.runs({ filter: 'state = "queued"', limit: 5 })
  await client.series('a/b', { keys: ['train.loss', 'gradientNorm'], points: 100 })
  expect(requests.map(({ url }) => url)).toEqual([
    'http://127.0.0.1:7431/v1/runs?filter=state+%3D+%22queued%22&limit=5',
    'http://127.0.0.1:7431/v1/runs/a%2Fb/series?keys=train.loss%2CgradientNorm&points=100',
  ])
})

test('sends a document as JSON', async () => {
  const { client, requests } = clientOf(() => Response.json({ id: 'e', runs: ['r'] }, { status: 201 }))
  expect(await client.submit({ name: 'a', run: {} })).toEqual({ id: 'e', runs: ['r'] })
  expect(requests[0]?.init).toMatchObject({ method: 'POST', body: '{"name":"a","run":{}}' })
})

test('asks for a report and for predictions', async () => {
  const report = { members: [], ensemble: { run: 'e', state: 'queued', scores: {} } }
  const reporting = clientOf(() => Response.json(report))
  expect(await reporting.client.report('a/b')).toEqual(report)
  expect(reporting.requests[0]?.url).toBe('http://127.0.0.1:7431/v1/experiments/a%2Fb/report')
  const predictions = { classes: ['a', 'b'], probabilities: [[0.25, 0.75]], prediction: [1] }
  const predicting = clientOf(() => Response.json(predictions))
  expect(await predicting.client.predict({ run: 'r', rows: [[1, 2]] })).toEqual(predictions)
  expect(predicting.requests[0]).toMatchObject({
    url: 'http://127.0.0.1:7431/v1/predictions',
    init: { method: 'POST', body: '{"run":"r","rows":[[1,2]]}' },
  })
})

test('keys of a newer service are left out', async () => {
  const { client } = clientOf(() => Response.json({ items: [], total: 0 }))
  expect(await client.experiments()).toEqual({ items: [] })
})

test('the bytes of an artifact, or the error', async () => {
  const bytes = Uint8Array.of(0, 255, 7)
  const { client, requests } = clientOf(() => new Response(bytes))
  expect(await new Response(await client.artifact('a/b', 'c d')).bytes()).toEqual(bytes)
  expect(requests[0]?.url).toBe('http://127.0.0.1:7431/v1/runs/a%2Fb/artifacts/c%20d')
  const problem = {
    type: '/problems/not-found',
    title: 'none',
    status: 404,
    detail: 'there is no artifact c',
  }
  const missing = clientOf(() => Response.json(problem, { status: 404 }))
  await expect(missing.client.artifact('a', 'c')).rejects.toMatchObject({
    code: 'not-found',
    message: 'there is no artifact c',
  })
})

test('an error answer becomes an error to show', async () => {
  const problem = {
    type: '/problems/invalid-document',
    title: 'The document is invalid',
    status: 422,
    detail: 'the document has 2 faults',
    errors: [
      { pointer: '/run/optimizer', code: 'custom', message: 'unknown optimizer "adm"' },
      { pointer: '/seeds/0', code: 'too_small', message: 'too small' },
    ],
  }
  const { client } = clientOf(() => Response.json(problem, { status: 422 }))
  await expect(client.submit({ name: 'a', run: {} })).rejects.toMatchObject({
    name: 'ServiceError',
    status: 422,
    code: 'invalid-document',
    problem,
    message: 'the document has 2 faults\n/run/optimizer: unknown optimizer "adm"\n/seeds/0: too small',
  })
})

test('no answer, and answers of something else', async () => {
  const cause = new TypeError('fetch failed')
  const silent = clientOf(() => Promise.reject(cause))
  await expect(silent.client.runs()).rejects.toMatchObject({
    status: 0,
    code: 'unreachable',
    message: 'no service answers at http://127.0.0.1:7431/: is it started?',
    cause,
  })
  expect(await silent.client.healthy()).toBe(false)
  const page = clientOf(() => new Response('<h1>Bad gateway</h1>', { status: 502 }))
  await expect(page.client.runs()).rejects.toMatchObject({ status: 502, code: 'unexpected-answer' })
  const other = clientOf(() => Response.json({ hello: 'world' }))
  await expect(other.client.runs()).rejects.toMatchObject({ status: 200, code: 'unexpected-answer' })
})

test('a base URL that is none', () => {
  expect(() => createClient({ baseUrl: 'localhost' })).toThrow(
    new TypeError('baseUrl must be a URL, got "localhost"'),
  )
})

test('every number crosses the wire', () => {
  for (const value of [0, -1.5, 1e300, Number.NaN, Infinity, -Infinity]) {
    expect(fromWireNumber(JSON.parse(JSON.stringify(toWireNumber(value))))).toBe(value)
  }
})
