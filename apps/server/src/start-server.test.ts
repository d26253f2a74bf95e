import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient, ServiceError } from '@thalweg/client'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type ServerOptions, startServer } from './start-server.ts'

let directory = ''
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'thalweg-'))
})
afterEach(() => rm(directory, { recursive: true }))

const start = (options: Partial<ServerOptions> = {}) =>
  startServer({
    port: 0,
    workers: 1,
    databasePath: join(directory, 'test.db'),
    dataDirectory: undefined,
    ...options,
  })

test('answers at a free port until it is closed', async () => {
  const server = await start()
  expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
  const client = createClient({ baseUrl: server.url })
  expect(await client.healthy()).toBe(true)
  expect(await client.runs()).toEqual({ items: [] })
  await expect(client.run('none')).rejects.toMatchObject({ status: 404, code: 'not-found' })
  await Promise.all([server.close(), server.close()])
  expect(await client.healthy()).toBe(false)
  await expect(client.runs()).rejects.toBeInstanceOf(ServiceError)
})

test('a port that is taken', async () => {
  const other = createServer()
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  const address = other.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  await expect(start({ port })).rejects.toMatchObject({
    code: 'port-in-use',
    message: `port ${port} on 127.0.0.1 is taken: stop what listens there or choose another with --port`,
  })
  other.close()
  await (await start()).close() // the database was let go
})

test('a host that others can reach', async () => {
  await expect(start({ host: '0.0.0.0' })).rejects.toMatchObject({
    code: 'host-refused',
    message: expect.stringMatching(/^host 0\.0\.0\.0 is refused: there are no API keys yet/),
  })
})

test('a database that another service has, and a file that is none', async () => {
  const server = await start()
  await expect(start()).rejects.toMatchObject({ code: 'database-in-use' })
  await server.close()
  const databasePath = join(directory, 'notes.txt')
  await writeFile(databasePath, 'no database at all, and long enough not to be an empty one'.repeat(20))
  await expect(start({ databasePath })).rejects.toMatchObject({ code: 'database-unreadable' })
})

test.each([
  [{ port: 70_000 }, 'port must be a whole number from 0 to 65535, got 70000'],
  [{ workers: 0 }, 'workers must be a whole number from 1 to 256, got 0'],
])('%j is out of range', async (options, message) => {
  await expect(start(options)).rejects.toThrow(new RangeError(message))
})

test('a back end that there is none of', async () => {
  await expect(start({ backend: 'cuda' })).rejects.toMatchObject({
    code: 'backend-unknown',
    message: 'backend: must be one of wasm, wasm-relaxed, blas, auto, got "cuda"; THALWEG_BACKEND names it',
  })
  await (await start()).close() // nothing was opened
})

test('a data folder that is not there', async () => {
  const dataDirectory = join(directory, 'nowhere')
  await expect(start({ dataDirectory })).rejects.toMatchObject({
    code: 'data-folder-missing',
    message: `the data folder ${dataDirectory} is not there, or is no folder`,
  })
})
