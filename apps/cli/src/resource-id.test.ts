import { expand } from '@thalweg/document'
import { beforeEach, describe, expect, it } from 'vitest'
import { createFakeClient, createFakeService, fakeId } from '../test/fake-client.ts'
import { CommandFailure } from './command-failure.ts'
import { findById, findRun, shortId } from './resource-id.ts'

const service = createFakeService()
const client = createFakeClient(service)
const document = {
  name: 'x',
  run: { dataset: { name: 'spirals' }, optimizer: { name: 'sgd' } },
  seeds: [1, 2, 3],
}

beforeEach(async () => {
  expect(expand(document).ok).toBe(true)
  service.experiments.length = 0
  service.runs.length = 0
  for (let count = 0; count < 3; count++) await client.submit(document)
})

describe('findRun', () => {
  it('finds by the whole id and by the end that tables show', async () => {
    expect((await findRun(client, fakeId(2, 4))).id).toBe(fakeId(2, 4))
    expect((await findRun(client, shortId(fakeId(2, 4)))).id).toBe(fakeId(2, 4))
  })

  it('finds by the start, if it is unique', async () => {
    expect((await findRun(client, fakeId(2, 4).slice(0, -1).concat('4'))).id).toBe(fakeId(2, 4))
    await expect(findRun(client, '019b0000')).rejects.toThrow(
      /^019b0000 fits more than one id: .+, …$|^019b0000 fits/,
    )
  })

  it('knows no experiments', async () => {
    await expect(findRun(client, fakeId(1, 0))).rejects.toThrow(
      `no run has an id that is, starts or ends with ${fakeId(1, 0)}`,
    )
  })

  it('sends nothing that is no id', async () => {
    const failure = new CommandFailure('"a%\\" OR 1" is no id; `thalweg runs` lists them', 2)
    await expect(findRun(client, 'a%" OR 1')).rejects.toThrow(failure)
  })
})

describe('findById', () => {
  it('finds experiments on every page', async () => {
    expect(await findById(client, fakeId(1, 2))).toMatchObject({
      kind: 'experiment',
      experiment: { id: fakeId(1, 2) },
    })
  })

  it('tells which ids an ambiguous end fits', async () => {
    await expect(findById(client, '00000001')).rejects.toThrow(
      `00000001 fits more than one id: ${fakeId(2, 1)}, ${fakeId(1, 1)}`,
    )
  })
})
