import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { finished, startService, temporaryFolder, thalweg } from './service.ts'

const optimizers = ['sgd', 'momentum', 'nesterov', 'adagrad', 'rmsprop', 'adam']

it('demo compares six optimizers and exits 0', async () => {
  const { code, stdout } = await finished(thalweg('demo'))
  const rows = stdout.split('\n').filter((line) => line.includes('succeeded'))
  expect(rows.map((row) => row.split(/\s+/)[0])).toEqual(optimizers)
  for (const row of rows) {
    // Three arms: a network that learned nothing is right one time in three.
    const [train, validation] = [...row.matchAll(/([\d.]+)%/g)].map((match) => Number(match[1]))
    expect(train, row).toBeGreaterThan(90)
    expect(validation, row).toBeGreaterThan(85)
  }
  expect(code).toBe(0)
})

it('start fills an empty database with the comparison, once', async () => {
  const folder = await temporaryFolder()
  const database = join(folder.path, 'data', 'thalweg.db')
  for (const _start of ['first', 'second']) {
    const service = await startService(database)
    const { items } = await service.client.experiments()
    expect(items.map((experiment) => experiment.name)).toEqual(['six optimizers on spirals'])
    expect(await service.stop('SIGTERM')).toBe(0)
  }
  await folder.remove()
})

it('a taken port and an unreadable database are one clear line', async () => {
  const folder = await temporaryFolder()
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const address = taken.address()
  const port = typeof address === 'object' ? String(address?.port) : ''
  const database = join(folder.path, 'thalweg.db')

  const busy = await finished(thalweg('start', '--port', port, '--database', database))
  expect(busy.code).toBe(1)
  expect(busy.stderr.trim().split('\n')).toHaveLength(1)
  expect(busy.stderr).toContain(`port ${port}`)

  const garbage = join(folder.path, 'garbage.db')
  await writeFile(garbage, 'this is no database '.repeat(100))
  const unreadable = await finished(thalweg('start', '--port', '0', '--database', garbage))
  expect(unreadable.code).toBe(1)
  expect(unreadable.stderr.trim().split('\n')).toHaveLength(1)
  expect(unreadable.stderr).toContain('garbage.db')
  taken.close()
  await folder.remove()
})

it('run, runs and show talk to a running service', async () => {
  const folder = await temporaryFolder()
  const service = await startService(join(folder.path, 'thalweg.db'))
  const file = join(folder.path, 'experiment.json')
  const document = {
    name: 'two rates',
    run: { dataset: { name: 'moons' }, optimizer: { name: 'sgd' }, epochs: 3 },
    vary: { 'optimizer.learningRate': [0.1, 1e30] },
  }
  await writeFile(file, JSON.stringify(document))
  const run = await finished(thalweg('run', file, '--server', service.url))
  // One of the two diverges, so the command says 1, and the table says which.
  expect(run.code).toBe(1)
  expect(run.stdout).toMatch(/0\.1 .*succeeded/)
  expect(run.stdout).toMatch(/1e\+?30 .*diverged/)

  const runs = await finished(
    thalweg('runs', '--server', service.url, '--filter', 'reason = "diverged"', '--json'),
  )
  const { items } = JSON.parse(runs.stdout)
  expect(items).toHaveLength(1)
  const show = await finished(thalweg('show', items[0].id, '--server', service.url))
  expect(show.stdout).toContain('diverged')
  expect(show.stdout).toContain('train.loss')

  await service.stop('SIGTERM')
  const gone = await finished(thalweg('runs', '--server', service.url))
  expect(gone.code).toBe(1)
  expect(gone.stderr.trim().split('\n')).toHaveLength(1)
  await folder.remove()
})
