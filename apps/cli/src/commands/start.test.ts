import path from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { captureSurroundings } from '../../test/captured-surroundings.ts'
import { runProgram } from '../program.ts'

describe('thalweg start', () => {
  it('serves until a signal, drains and exits 0; a new database gets the comparison once', async () => {
    const surroundings = captureSurroundings()
    const { service, directory } = surroundings
    const finished = runProgram(['start'], surroundings)
    await vi.waitFor(() => expect(surroundings.stdout.text).toContain('Ctrl-C'))
    expect(surroundings.started).toMatchObject([
      {
        host: '127.0.0.1',
        port: 7431,
        databasePath: path.join(directory, 'data/thalweg.db'),
        dataDirectory: undefined,
      },
    ])
    expect(service.experiments.map(({ name }) => name)).toEqual(['six optimizers on spirals'])
    expect(surroundings.stdout.text).toContain('Thalweg serves at http://127.0.0.1:7431;')
    expect(surroundings.stdout.text).toContain('  thalweg runs\n')
    expect(surroundings.stdout.text).toContain('http://127.0.0.1:7431/docs\n')
    expect(surroundings.closed).toBe(0)
    surroundings.interrupt()
    expect(await finished).toBe(0)
    expect(surroundings.closed).toBe(1)

    const again = runProgram(['start'], surroundings)
    await vi.waitFor(() => expect(surroundings.stdout.text.match(/Ctrl-C/g)).toHaveLength(2))
    surroundings.interrupt()
    await again
    expect(service.experiments).toHaveLength(1)
  })

  it('takes its options, THALWEG_DATA and THALWEG_BACKEND, and suggests --server where it is needed', async () => {
    const environment = { THALWEG_DATA: '/sets', THALWEG_BACKEND: 'blas' }
    const surroundings = captureSurroundings({ environment, directory: '/home' })
    const command = ['start', '--port', '0', '--host', '::1', '--database', 'a.db', '--workers', '3']
    const finished = runProgram(command, surroundings)
    await vi.waitFor(() => expect(surroundings.stdout.text).toContain('Ctrl-C'))
    expect(surroundings.started).toMatchObject([
      {
        host: '::1',
        port: 0,
        databasePath: '/home/a.db',
        dataDirectory: '/sets',
        workers: 3,
        backend: 'blas',
      },
    ])
    expect(surroundings.stdout.text).toContain('thalweg runs --server http://127.0.0.1:50000\n')
    surroundings.interrupt()
    expect(await finished).toBe(0)
  })

  it('a second signal ends it at once, unless it is the echo of the first', async () => {
    let now = 0
    let draining = false
    let drained = (): void => undefined
    const surroundings = captureSurroundings({
      now: () => now,
      startServer: async () => ({
        url: 'http://127.0.0.1:7431',
        close: () =>
          new Promise<void>((resolve) => {
            draining = true
            drained = resolve
          }),
      }),
    })
    const finished = runProgram(['start'], surroundings)
    await vi.waitFor(() => expect(surroundings.stdout.text).toContain('Ctrl-C'))
    surroundings.interrupt()
    now = 100
    surroundings.interrupt()
    expect(surroundings.exits).toEqual([])
    now = 2000
    surroundings.interrupt()
    expect(surroundings.exits).toEqual([130])
    await vi.waitFor(() => expect(draining).toBe(true))
    drained()
    await finished
  })

  it('tells in one line why it cannot start', async () => {
    const surroundings = captureSurroundings({
      startServer: () => Promise.reject(new Error('port 7431 of 127.0.0.1 is taken')),
    })
    expect(await runProgram(['start'], surroundings)).toBe(1)
    expect(surroundings.stderr.text).toBe('thalweg: port 7431 of 127.0.0.1 is taken\n')
  })
})
