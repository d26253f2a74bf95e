import { expect, test } from 'vitest'
import { z } from 'zod'
import { testService } from '../test/service.ts'

const operationSchema = z.looseObject({
  summary: z.string(),
  responses: z.record(z.string(), z.looseObject({ description: z.string() })),
})
const descriptionSchema = z.looseObject({
  openapi: z.string(),
  info: z.object({ title: z.string(), version: z.string(), description: z.string() }),
  paths: z.record(z.string(), z.record(z.string(), operationSchema)),
  components: z.looseObject({ schemas: z.record(z.string(), z.looseObject({})) }),
})

async function description() {
  const { app, get } = await testService()
  return { app, text: await (await get('/openapi.json')).text() }
}

test('the description lists every route of the API', async () => {
  const { app, text } = await description()
  const { openapi, paths } = descriptionSchema.parse(JSON.parse(text))
  expect(openapi).toBe('3.1.0')
  const described = Object.entries(paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
  )
  const routed = app.routes
    .filter(({ method, path }) => method !== 'ALL' && !path.startsWith('/docs'))
    .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`)
  expect(described.sort()).toEqual([...new Set(routed)].sort())
})

test('every route describes its error answers', async () => {
  const { paths } = descriptionSchema.parse(JSON.parse((await description()).text))
  for (const operation of Object.values(paths).flatMap((operations) => Object.values(operations))) {
    expect(Object.keys(operation.responses)).toEqual(expect.arrayContaining(['400', '421', '500']))
  }
  expect(Object.keys(paths['/v1/experiments']?.post?.responses ?? {})).toEqual([
    '201',
    '400',
    '403',
    '413',
    '415',
    '421',
    '422',
    '500',
    '503',
  ])
  expect(Object.keys(paths['/v1/runs/{id}/cancellation']?.post?.responses ?? {})).toEqual([
    '200',
    '202',
    '400',
    '403',
    '404',
    '409',
    '421',
    '500',
  ])
})

test('every reference leads to a component', async () => {
  const { text } = await description()
  const { components } = descriptionSchema.parse(JSON.parse(text))
  const references = [...text.matchAll(/"\$ref":"([^"]+)"/g)].map(([, reference]) => reference ?? '')
  expect(references.length).toBeGreaterThan(20)
  for (const reference of references) {
    expect(Object.keys(components.schemas)).toContain(reference.replace(/^#\/components\/schemas\//, ''))
  }
})

test('the documentation page needs nothing from elsewhere', async () => {
  const { get } = await testService()
  const response = await get('/docs')
  expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
  const page = await response.text()
  const parts = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address]) => address ?? '')
  expect(parts).toHaveLength(4)
  for (const address of parts) {
    if (address.startsWith('data:')) continue
    expect(address).toMatch(/^\/docs\//)
    const part = await get(address)
    expect(part.status).toBe(200)
    expect((await part.text()).length).toBeGreaterThan(50)
  }
})

test('the front door leads on', async () => {
  const { get } = await testService()
  const home = z.looseObject({ links: z.record(z.string(), z.string()) }).parse(await (await get('/')).json())
  for (const link of Object.values(home.links)) expect((await get(link)).status).toBe(200)
})
