import { chmod, mkdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { deflateSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { noRandom } from '../../test/seeded-random.ts'
import { temporaryDirectory } from '../../test/temporary-directory.ts'
import { DatasetError } from '../errors.ts'
import { findMissingFiles } from './missing-files.ts'
import { readDataset } from './read-dataset.ts'

const table = '1,0\n2,1\n3,0\n4,1\n5,0\n'
const gzipped = gzipSync(table)
const bomb = gzipSync(new Uint8Array(1 << 16))
let directory = ''
let remove = async () => {}

beforeAll(async () => {
  const temporary = await temporaryDirectory({
    'secret.csv': table,
    'data/table.csv': table,
    'data/table.gz': gzipped,
    'data/cut.gz': gzipped.subarray(0, gzipped.length - 5),
    'data/damaged.gz': Uint8Array.from([...gzipped.subarray(0, 10), ...deflateSync(table)]),
    'data/bomb.gz': bomb,
    'data/folder/table.csv': table,
    'data/mnist/train-images-idx3-ubyte': '',
    'outside/inner.csv': table,
  })
  remove = temporary.remove
  directory = join(temporary.path, 'data')
  await symlink(join(temporary.path, 'secret.csv'), join(directory, 'link.csv'))
  await symlink(join(temporary.path, 'outside'), join(directory, 'linked-folder'))
  await symlink(join(temporary.path, 'outside'), join(directory, 'cifar10'))
  await symlink('table.csv', join(directory, 'inside-link.csv'))
  await symlink('nowhere', join(directory, 'dangling.csv'))
  await symlink('loop.csv', join(directory, 'loop.csv'))
  await symlink(directory, join(temporary.path, 'data-link'))
  await mkdir(join(directory, 'closed'))
})
afterAll(() => remove())

let streamed = { path: '', remove: async () => {} }
beforeAll(async () => {
  streamed = await temporaryDirectory({
    'cifar10/zipped.bin': gzipped,
    'cifar10/plain.bin': table,
    'mnist/images': table,
    'mnist/labels.gz': gzipped,
  })
})
afterAll(() => streamed.remove())

const read = (file: string, maximumFileBytes?: number) =>
  readDataset({ name: 'csv', file, validation: 0 }, { directory, random: noRandom, maximumFileBytes })

describe('reading a file', () => {
  it('tells gzip by content, not by name', async () => {
    const plain = await read('table.csv')
    expect(plain.train.samples).toBe(5)
    expect(await read('table.gz')).toEqual(plain)
    expect(await read('folder/table.csv')).toEqual(plain)
    expect(await read('inside-link.csv')).toEqual(plain)
  })

  it('follows a data directory that is itself a link', async () => {
    const link = join(directory, '..', 'data-link')
    const dataset = await readDataset(
      { name: 'csv', file: 'table.csv' },
      { directory: link, random: { uniform: () => 0, normal: () => 0 } },
    )
    expect(dataset.train.samples).toBe(4)
  })

  it.each([
    ['../secret.csv', 'a name with ..'],
    ['folder/../table.csv', 'a name with ..'],
    ['folder\\..\\..\\secret.csv', 'a name with ..'],
    ['..', 'a name with ..'],
    ['/etc/hostname', 'an absolute name'],
    ['\\\\server\\share', 'an absolute name'],
    ['c:table.csv', 'an absolute name'],
    ['table.csv\0.gz', 'a name with a NUL byte'],
    ['link.csv', 'a symbolic link out of it'],
    ['linked-folder/inner.csv', 'a symbolic link out of it'],
  ])('refuses %j, which leads out of the data directory', async (file, received) => {
    await expect(read(file)).rejects.toMatchObject({ code: 'outside-directory', received })
    expect(await findMissingFiles({ name: 'csv', file }, directory)).toMatchObject([
      { file, reason: 'outside-directory' },
    ])
  })

  it('says no word about where a link leads', async () => {
    await expect(read('link.csv')).rejects.toThrow(
      /^link\.csv: expected a name inside the data directory, received a symbolic link out of it$/,
    )
  })

  it('refuses a folder of a set that leads out of the data directory', async () => {
    const spec = { name: 'cifar10', files: { train: ['inner.csv'] } } as const
    await expect(readDataset(spec, { directory, random: noRandom })).rejects.toMatchObject({
      code: 'outside-directory',
      file: 'cifar10',
    })
  })

  it('names the folder looked in and the names tried', async () => {
    await expect(read('absent.csv')).rejects.toThrow(
      `absent.csv: expected a file in ${directory}, tried absent.csv, received no such file`,
    )
    for (const file of [
      'folder',
      'closed/table.csv',
      'table.csv/inner',
      'dangling.csv',
      'loop.csv',
      'x'.repeat(5000),
    ])
      await expect(read(file)).rejects.toMatchObject({ code: 'missing-file', file })
    await expect(
      readDataset({ name: 'csv', file: 'a.csv' }, { directory: join(directory, 'absent'), random: noRandom }),
    ).rejects.toMatchObject({ code: 'missing-file' })
  })

  it('limits the size before and after inflation', async () => {
    expect((await read('table.csv', 20)).train.samples).toBe(5)
    await expect(read('table.csv', 19)).rejects.toThrow('table.csv: expected at most 19 bytes, received 20')
    await expect(read('bomb.gz', bomb.length)).rejects.toThrow(
      `bomb.gz: expected at most ${bomb.length} bytes, received more after inflation`,
    )
    await expect(read('bomb.gz', 2 ** 16 - 1)).rejects.toMatchObject({ code: 'too-large' })
    await expect(read('bomb.gz', 2 ** 16)).rejects.not.toMatchObject({ code: 'too-large' })
    await expect(read('table.csv', 0)).rejects.toThrow(/^maximumFileBytes must be an integer from 1/)
  })

  it('tells gzip data cut short from damaged gzip data', async () => {
    await expect(read('cut.gz')).rejects.toMatchObject({ code: 'truncated', offset: gzipped.length - 5 })
    await expect(read('damaged.gz')).rejects.toMatchObject({ code: 'bad-gzip' })
  })

  it.skipIf(process.getuid?.() === 0)('says which file the system refuses to read', async () => {
    await chmod(join(directory, 'closed'), 0)
    await expect(read('closed/table.csv')).rejects.toMatchObject({ code: 'unreadable', received: 'EACCES' })
    await chmod(join(directory, 'closed'), 0o700)
  })
})

describe('findMissingFiles', () => {
  it('lists what is not there, with every name tried, and reads nothing', async () => {
    // The images file is there, though empty.
    expect(await findMissingFiles({ name: 'mnist', test: 0 }, directory)).toEqual([
      {
        folder: join(directory, 'mnist'),
        file: 'train-labels-idx1-ubyte.gz',
        tried: [
          'train-labels-idx1-ubyte.gz',
          'train-labels-idx1-ubyte',
          'train-labels.idx1-ubyte.gz',
          'train-labels.idx1-ubyte',
        ],
        reason: 'missing-file',
        message: expect.stringContaining(
          `expected a file in ${join(directory, 'mnist')}, tried train-labels`,
        ),
      },
    ])
    expect(await findMissingFiles({ name: 'csv', file: 'table.csv' }, directory)).toEqual([])
    expect(await findMissingFiles({ name: 'spirals' }, undefined)).toEqual([])
  })

  it('lists everything wanted where no directory is configured', async () => {
    const missing = await findMissingFiles({ name: 'mnist' }, undefined)
    expect(missing.map(({ folder, file, reason }) => [folder, file, reason])).toEqual([
      ['mnist', 'train-images-idx3-ubyte.gz', 'no-directory'],
      ['mnist', 'train-labels-idx1-ubyte.gz', 'no-directory'],
      ['mnist', 't10k-images-idx3-ubyte.gz', 'no-directory'],
      ['mnist', 't10k-labels-idx1-ubyte.gz', 'no-directory'],
    ])
    expect(missing[0].message).toContain('THALWEG_DATA is not set')
    const cifar = await findMissingFiles({ name: 'cifar10' }, undefined)
    expect(cifar.map(({ file }) => file)).toEqual([
      'data_batch_1.bin',
      'data_batch_2.bin',
      'data_batch_3.bin',
      'data_batch_4.bin',
      'data_batch_5.bin',
      'test_batch.bin',
    ])
  })

  it('lists files to be streamed that are gzipped, but not those of labels', async () => {
    const cifar = (file: string, streaming?: boolean) =>
      findMissingFiles({ name: 'cifar10', files: { train: [file] }, streaming }, streamed.path)
    expect(await cifar('zipped.bin')).toEqual([])
    expect(await cifar('zipped.bin', true)).toMatchObject([
      { file: 'zipped.bin', reason: 'mismatch', message: expect.stringContaining('inflate it') },
    ])
    expect(await cifar('plain.bin', true)).toEqual([])
    const mnist = (images: string) =>
      findMissingFiles(
        { name: 'mnist', files: { train: [images, 'labels.gz'] }, streaming: true },
        streamed.path,
      )
    expect(await mnist('images')).toEqual([])
    expect(await mnist('labels.gz')).toMatchObject([{ file: 'labels.gz', reason: 'mismatch' }])
  })

  it('agrees with readDataset', async () => {
    const spec = { name: 'cifar10', files: { train: ['../x.bin', 'y.bin'] } } as const
    const [first, second] = await findMissingFiles(spec, directory)
    expect([first.reason, second.reason]).toEqual(['outside-directory', 'outside-directory'])
    const error: unknown = await readDataset(spec, { directory, random: noRandom }).catch(
      (caught: unknown) => caught,
    )
    expect(error).toBeInstanceOf(DatasetError)
    expect(error).toMatchObject({ message: first.message })
  })
})
