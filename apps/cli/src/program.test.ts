import { ServiceError } from '@thalweg/client'
import { describe, expect, it } from 'vitest'
import { captureSurroundings } from '../test/captured-surroundings.ts'
import { createFakeClient, createFakeService } from '../test/fake-client.ts'
import { runProgram } from './program.ts'

describe('wrong usage', () => {
  it.each([
    ['bogus', "unknown command 'bogus'"],
    ['rus', "unknown command 'rus' (Did you mean one of run, runs?)"],
    ['show', "missing required argument 'id'"],
    ['runs --bogus', "unknown option '--bogus'"],
    [
      'runs --limit 0',
      "option '--limit <number>' argument '0' is invalid. It must be a whole number from 1 to 1000.",
    ],
    ['start --port 70000', 'It must be a whole number from 0 to 65535.'],
    ['show abc --keys train.los', 'There is no series "train.los"; there are: train.loss,'],
    ['runs --server localhost', '"localhost" is no address of a service'],
    ['run missing.json', 'cannot read missing.json: there is no such file'],
    ['run .', 'cannot read .: it is a folder'],
    ['show nowhere', 'no run or experiment has an id that is, starts or ends with nowhere'],
  ])('%s exits 2 and says why in one line', async (commandLine, message) => {
    const surroundings = captureSurroundings()
    expect(await runProgram(commandLine.split(' '), surroundings)).toBe(2)
    expect(surroundings.stderr.text).toMatch(/^thalweg: [^\n]+\n$/)
    expect(surroundings.stderr.text).toContain(message)
    expect(surroundings.stdout.text).toBe('')
  })

  it('no command at all exits 2 with the help on the error stream', async () => {
    const surroundings = captureSurroundings()
    expect(await runProgram([], surroundings)).toBe(2)
    expect(surroundings.stderr.text).toContain('Usage: thalweg')
  })
})

describe('help', () => {
  it.each(['', 'start', 'demo', 'run', 'runs', 'show', 'model', 'cancel'])(
    'of "%s" exits 0',
    async (command) => {
      const surroundings = captureSurroundings()
      expect(await runProgram([...(command === '' ? [] : [command]), '--help'], surroundings)).toBe(0)
      expect(surroundings.stdout.text).toContain(`Usage: thalweg ${command}`)
      expect(surroundings.stdout.text).toContain(command === '' ? 'Exit codes' : 'Example')
    },
  )

  it('the version is that of the package', async () => {
    const surroundings = captureSurroundings()
    expect(await runProgram(['--version'], surroundings)).toBe(0)
    expect(surroundings.stdout.text).toMatch(/^\d+\.\d+\.\d+\n$/)
  })
})

describe('a service that fails', () => {
  const failing = (error: ServiceError) =>
    captureSurroundings({
      connect: () => ({ ...createFakeClient(createFakeService()), runs: () => Promise.reject(error) }),
    })

  it('exits 1, and tells how to start one that does not answer', async () => {
    const surroundings = failing(
      new ServiceError(0, 'unreachable', 'no service answers at http://x: is it started?'),
    )
    expect(await runProgram(['runs'], surroundings)).toBe(1)
    expect(surroundings.stderr.text).toBe(
      'thalweg: no service answers at http://x: is it started? Start it with: thalweg start\n',
    )
  })

  it('leads every line of its message', async () => {
    const surroundings = failing(new ServiceError(400, 'invalid-filter', 'wrong filter\ncolumn 3'))
    expect(await runProgram(['runs', '--filter', 'x'], surroundings)).toBe(1)
    expect(surroundings.stderr.text).toBe('thalweg: wrong filter\nthalweg: column 3\n')
  })
})

it.each([
  [{}, [], 'http://127.0.0.1:7431'],
  [{ THALWEG_SERVER: 'http://a:1/' }, [], 'http://a:1'],
  [{ THALWEG_SERVER: 'http://a:1' }, ['--server', 'http://b:2'], 'http://b:2'],
])('the address comes from the option, else %j', async (environment, options, address) => {
  const surroundings = captureSurroundings({ environment })
  expect(await runProgram(['runs', ...options], surroundings)).toBe(0)
  expect(surroundings.connected).toEqual([address])
})
