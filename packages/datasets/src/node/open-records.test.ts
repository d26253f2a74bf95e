import { readdirSync } from 'node:fs'
import { open, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import { noRandom, seededRandom } from '../../test/seeded-random.ts'
import { cifarFile, idxFile, randomCifarFile, temporaryDirectory } from '../../test/temporary-directory.ts'
import type { Dataset, RandomSource, Split } from '../dataset.ts'
import type { RecordsSpec } from '../dataset-spec.ts'
import { type PreprocessStep, preprocessSteps } from '../preprocess.ts'
import { type OpenRecordsOptions, openRecords, type RecordSource } from './open-records.ts'
import { readDataset } from './read-dataset.ts'
import type { RecordPart } from './record-part.ts'

const cleanups: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

async function directoryWith(files: Record<string, string | Uint8Array>): Promise<string> {
  const { path, remove } = await temporaryDirectory(files)
  cleanups.push(remove)
  return path
}

async function opened(spec: RecordsSpec, options: OpenRecordsOptions): Promise<RecordSource> {
  const source = await openRecords(spec, options)
  cleanups.push(() => source.close())
  return source
}

/** The rows of `split` that `indices` names. */
function rowsOf(split: Split, indices: Int32Array): Float32Array {
  const width = split.features.length / split.samples
  const rows = new Float32Array(indices.length * width)
  indices.forEach((index, row) => {
    rows.set(split.features.subarray(index * width, (index + 1) * width), row * width)
  })
  return rows
}

/** Fails at the first number that differs; faster than `toEqual` for many. */
function expectNumbers(received: Float32Array | Float64Array, expected: Float32Array): void {
  expect(received.length).toBe(expected.length)
  const wrong = received.findIndex((value, index) => !Object.is(value, expected[index]))
  if (wrong !== -1)
    expect({ index: wrong, value: received[wrong] }).toEqual({ index: wrong, value: expected[wrong] })
}

/** A part reads the rows of `split`: in order, backwards, at random and several times, into f32 and f64. */
async function expectSame(part: RecordPart, split: Split, random: RandomSource): Promise<void> {
  expect(part.samples).toBe(split.samples)
  expect(part.labels).toEqual(split.labels)
  if (split.samples === 0) return
  const width = split.features.length / split.samples
  const inOrder = Int32Array.from({ length: split.samples }, (_, index) => index)
  const anywhere = () => Int32Array.from({ length: 13 }, () => Math.floor(split.samples * random.uniform()))
  const batches = [inOrder, inOrder.slice().reverse(), anywhere(), anywhere(), new Int32Array(5).fill(0)]
  for (let start = 0; start < split.samples; start += 4) batches.push(inOrder.slice(start, start + 4))
  for (const indices of batches) {
    const expected = rowsOf(split, indices)
    const single = new Float32Array(expected.length)
    const double = new Float64Array(indices.length * width)
    await part.read(indices, indices.length, single)
    await part.read(indices, indices.length, double)
    expectNumbers(single, expected)
    expectNumbers(double, expected)
  }
}

async function expectSameSet(source: RecordSource, dataset: Dataset, random: RandomSource): Promise<void> {
  const { name, shape, image, featureCount, classes, classNames } = source
  expect({ name, shape, image, featureCount, classes, classNames }).toEqual({
    name: dataset.name,
    shape: dataset.shape,
    image: dataset.image,
    featureCount: dataset.featureCount,
    classes: dataset.classes,
    classNames: dataset.classNames,
  })
  await expectSame(source.train, dataset.train, random)
  await expectSame(source.validation, dataset.validation, random)
  expect(source.test === undefined).toBe(dataset.test === undefined)
  if (source.test !== undefined && dataset.test !== undefined)
    await expectSame(source.test, dataset.test, random)
}

describe('openRecords cifar10', () => {
  const random = seededRandom(31)
  const batches = {
    'cifar10/a.bin': randomCifarFile(11, random),
    'cifar10/b.bin': randomCifarFile(1, random),
    'cifar10/c.bin': randomCifarFile(18, random),
    'cifar10/val.bin': randomCifarFile(6, random),
    'cifar10/test.bin': randomCifarFile(9, random),
  }
  const train = ['a.bin', 'b.bin', 'c.bin']
  const stepLists: PreprocessStep[][] = [
    [],
    ...preprocessSteps.map((step) => [step]),
    ['scaleToUnit', 'standardize'],
    ['standardize', 'subtractMean', 'scaleToUnit'],
  ]

  it.each(stepLists.map((preprocess) => [preprocess.join(', ') || 'no step', preprocess] as const))(
    'gives the numbers of readDataset to the bit, several files as one: %s',
    async (_, preprocess) => {
      const directory = await directoryWith(batches)
      const specs: RecordsSpec[] = [
        { name: 'cifar10', files: { train }, validation: 7, preprocess },
        { name: 'cifar10', files: { train, validation: ['val.bin'], test: ['test.bin'] }, preprocess },
        {
          name: 'cifar10',
          files: { train, test: ['test.bin'] },
          train: 14,
          validation: 3,
          test: 8,
          preprocess,
        },
      ]
      for (const [index, spec] of specs.entries())
        for (const layout of ['channelsFirst', 'channelsLast'] as const)
          await expectSameSet(
            // blocks of 1, of 3, and of all records
            await opened(spec, { directory, layout, blockBytes: [1, 10_000, 2 ** 20][index] }),
            await readDataset(spec, { directory, layout, random: noRandom }),
            random,
          )
    },
  )

  it('subtracts the training mean by default', async () => {
    const directory = await directoryWith({
      'cifar10/train.bin': cifarFile([3, 4], 10),
      'cifar10/test.bin': cifarFile([5], 60),
    })
    const source = await opened(
      { name: 'cifar10', files: { train: ['train.bin'], test: ['test.bin'] } },
      { directory },
    )
    const row = new Float32Array(3072)
    await source.test?.read(Int32Array.of(0), 1, row)
    expect(row).toEqual(new Float32Array(3072).fill(50))
    expect(source.shape).toEqual([3, 32, 32])
  })

  it('answers reads that are under way at the same time, in any order', async () => {
    const directory = await directoryWith(batches)
    const spec = { name: 'cifar10', files: { train } } as const
    const dataset = await readDataset(spec, { directory, random: noRandom })
    const { train: part } = await opened(spec, { directory, blockBytes: 4 * 3073 })
    for (let seed = 1; seed <= 20; seed++) {
      const draw = seededRandom(seed)
      const reads = Array.from({ length: 12 }, async () => {
        const from = Math.floor(27 * draw.uniform())
        const indices = Int32Array.from({ length: 3 }, (_, index) =>
          draw.uniform() < 0.8 ? from + index : Math.floor(30 * draw.uniform()),
        )
        const wanted = indices.slice()
        const target = new Float32Array(3 * 3072)
        const reading = part.read(indices, 3, target)
        indices.fill(0)
        await reading
        expectNumbers(target, rowsOf(dataset.train, wanted))
      })
      await Promise.all(reads)
    }
  })

  it('checks what it is asked', async () => {
    const directory = await directoryWith(batches)
    const { train: part } = await opened({ name: 'cifar10', files: { train: ['a.bin'] } }, { directory })
    const target = new Float32Array(2 * 3072)
    await part.read(Int32Array.of(99), 0, new Float32Array(0))
    await expect(part.read(Int32Array.of(0, 11), 2, target)).rejects.toThrow(
      new RangeError('indices[1] must be an integer from 0 to 10; received 11'),
    )
    await expect(part.read(Int32Array.of(-1), 1, target)).rejects.toThrow(/^indices\[0\] must be/)
    await expect(part.read(Int32Array.of(0), 2, target)).rejects.toThrow(
      new RangeError('count must be an integer from 0 to 1; received 2'),
    )
    await expect(part.read(Int32Array.of(0, 1, 2), 3, target)).rejects.toThrow(
      new RangeError('target must hold at least 3 x 3072 numbers; received 6144'),
    )
    const open = (spec: object, options: object = {}) =>
      openRecords({ name: 'cifar10', ...spec } as RecordsSpec, { directory, ...options })
    await expect(open({ name: 'csv' })).rejects.toThrow(
      new RangeError('name must be one of mnist, cifar10; received "csv"'),
    )
    await expect(open({}, { layout: 'last' })).rejects.toThrow(/^layout must be one of/)
    await expect(open({}, { blockBytes: 0 })).rejects.toThrow(/^blockBytes must be an integer from 1/)
    await expect(open({ preprocess: ['whiten'] })).rejects.toThrow(/^preprocess\[0\] must be one of/)
    await expect(open({ train: 0 })).rejects.toThrow(/^train must be an integer from 1/)
    await expect(open({}, { directory: undefined })).rejects.toMatchObject({ code: 'no-directory' })
    await expect(open({ files: { train: ['absent.bin'] } })).rejects.toMatchObject({ code: 'missing-file' })
    await expect(open({ files: { train: ['../a.bin'] } })).rejects.toMatchObject({
      code: 'outside-directory',
    })
    await expect(open({ files: { train }, train: 31 })).rejects.toThrow(
      'cifar10/a.bin, cifar10/b.bin, cifar10/c.bin: expected 31 samples for train and 0 for validation, received 30',
    )
  })

  it('refuses gzipped files, a part of a record at the end, and labels above 9', async () => {
    const wrong = randomCifarFile(3, random)
    wrong[2 * 3073] = 10
    const directory = await directoryWith({
      ...batches,
      'cifar10/zipped.bin': gzipSync(batches['cifar10/b.bin']),
      'cifar10/cut.bin': batches['cifar10/c.bin'].subarray(0, 3 * 3073 - 5),
      'cifar10/empty.bin': '',
      'cifar10/wrong.bin': wrong,
    })
    const open = (...files: string[]) =>
      openRecords({ name: 'cifar10', files: { train: files } }, { directory })
    await expect(open('a.bin', 'zipped.bin')).rejects.toThrow(
      'cifar10/zipped.bin: expected an uncompressed file to stream from: inflate it (gunzip), or leave `streaming` out, received gzip data',
    )
    await expect(open('a.bin', 'cut.bin')).rejects.toThrow(
      'cifar10/cut.bin, byte 6146: expected records of 3073 bytes, received 3068 bytes of a record at the end',
    )
    await expect(open('empty.bin')).rejects.toMatchObject({ code: 'truncated' })
    await expect(open('a.bin', 'wrong.bin')).rejects.toThrow(
      'cifar10/wrong.bin, byte 6146: expected a label from 0 to 9, received 10',
    )
  })

  it('tells of a file that shrinks, names the place, and goes on with what is there', async () => {
    const directory = await directoryWith(batches)
    const { train: part } = await opened(
      { name: 'cifar10', files: { train } },
      { directory, blockBytes: 8000 },
    )
    await truncate(join(directory, 'cifar10/c.bin'), 5 * 3073 + 100)
    const target = new Float32Array(6 * 3072)
    const read = (...indices: number[]) => part.read(Int32Array.from(indices), indices.length, target)
    // records 12 and up are those of c.bin
    for (const indices of [[17], [0, 20, 3, 29], [16, 17]])
      await expect(read(...indices)).rejects.toMatchObject({ code: 'truncated', file: 'cifar10/c.bin' })
    await expect(read(17)).rejects.toThrow(
      'cifar10/c.bin, byte 15465: expected 2973 more bytes, which were there when it was opened, received the end of the file',
    )
    // A pass in order that reads ahead over the end.
    for (let start = 0; start < 16; start += 2) await read(start, start + 1)
    await expect(read(16, 17)).rejects.toMatchObject({ code: 'truncated' })
    await read(16, 0, 11)
  })

  it.skipIf(process.platform !== 'linux')('leaves no file open, closed or failed', async () => {
    const directory = await directoryWith(batches)
    const filesOpen = () => readdirSync('/proc/self/fd').length
    const before = filesOpen()
    const source = await openRecords({ name: 'cifar10', files: { train } }, { directory })
    expect(filesOpen()).toBe(before + 3)
    const target = new Float32Array(3072)
    const reading = source.train.read(Int32Array.of(3), 1, target)
    await source.close()
    await reading
    expect(target.some((value) => value !== 0)).toBe(true)
    await expect(source.train.read(Int32Array.of(3), 1, target)).rejects.toThrow(
      new TypeError('the source of cifar10 is closed'),
    )
    await source.close()
    for (const spec of [{ files: { train: ['a.bin', 'absent.bin'] } }, { files: { train }, test: 99 }])
      await expect(openRecords({ name: 'cifar10', ...spec }, { directory })).rejects.toThrow()
    expect(filesOpen()).toBe(before)
  })
})

describe('openRecords mnist', () => {
  const random = seededRandom(32)
  const pixels = (samples: number) =>
    Array.from({ length: samples * 6 }, () => Math.floor(256 * random.uniform()))
  const labels = (samples: number) => Array.from({ length: samples }, () => Math.floor(10 * random.uniform()))
  const files = {
    'mnist/train-images-idx3-ubyte': idxFile([25, 2, 3], pixels(25)),
    'mnist/train-images-idx3-ubyte.gz': 'never looked at',
    'mnist/train-labels-idx1-ubyte.gz': gzipSync(idxFile([25], labels(25))),
    'mnist/t10k-images.idx3-ubyte': idxFile([4, 2, 3], pixels(4)),
    'mnist/t10k-labels.idx1-ubyte': idxFile([4], labels(4)),
  }

  it('gives the numbers of readDataset to the bit; labels may be gzipped', async () => {
    const { 'mnist/train-images-idx3-ubyte.gz': _, ...plain } = files
    const [directory, both] = [await directoryWith(plain), await directoryWith(files)]
    for (const preprocess of [undefined, ['standardize'], ['scaleToUnit', 'subtractMean']] as const)
      for (const layout of ['channelsFirst', 'channelsLast'] as const) {
        const spec = { name: 'mnist', train: 17, validation: 6, preprocess } as const
        await expectSameSet(
          await opened(spec, { directory: both, layout, blockBytes: 20 }),
          await readDataset(spec, { directory, layout, random: noRandom }),
          random,
        )
      }
  })

  it('refuses files whose length is not what their header says, other types, and what does not fit', async () => {
    const image = idxFile([2, 2, 3], pixels(2))
    const directory = await directoryWith({
      ...files,
      'mnist/short': image.subarray(0, 20),
      'mnist/long': Uint8Array.from([...image, 0]),
      'mnist/huge': idxFile([2, 2, 3], []),
      'mnist/header': image.subarray(0, 3),
      'mnist/image': image,
      'mnist/wide': idxFile([2, 3, 2], pixels(2)),
      'mnist/label': idxFile([2], [1, 2]),
      'mnist/labels': idxFile([3], [1, 2, 3]),
      'mnist/zipped': gzipSync(image),
    })
    const open = (image: string, label: string, ...test: [string, string] | []) =>
      openRecords(
        { name: 'mnist', files: { train: [image, label], ...(test.length === 0 ? {} : { test }) } },
        { directory },
      )
    await expect(open('short', 'label')).rejects.toThrow(
      'mnist/short, byte 20: expected 28 bytes for dimensions 2 x 2 x 3, received 20 bytes',
    )
    await expect(open('long', 'label')).rejects.toMatchObject({ code: 'trailing-bytes', offset: 28 })
    await expect(open('header', 'label')).rejects.toMatchObject({ code: 'truncated' })
    await expect(open('huge', 'label')).rejects.toMatchObject({ code: 'truncated', offset: 16 })
    await expect(open('label', 'label')).rejects.toThrow(
      'mnist/label, byte 3: expected images of rank 3, received rank 1',
    )
    await expect(open('image', 'labels')).rejects.toThrow(
      'mnist/labels, byte 4: expected 2 labels, as many as images in mnist/image, received 3',
    )
    await expect(open('image', 'label', 'wide', 'label')).rejects.toThrow(
      'mnist/wide, byte 8: expected images of 2 x 3 pixels, as for training, received 3 x 2',
    )
    await expect(open('zipped', 'label')).rejects.toMatchObject({ code: 'mismatch', received: 'gzip data' })
    expect((await opened({ name: 'mnist', files: { train: ['image', 'label'] } }, { directory })).test).toBe(
      undefined,
    )
  })
})

describe('memory', () => {
  /** Bytes of all array buffers alive or not yet collected. */
  const bufferBytes = () => process.memoryUsage().arrayBuffers

  it('stays within memoryBytes for a file of 300 MB, opened, read in order and at random', async () => {
    const directory = await directoryWith({ 'cifar10/large.bin': '' })
    const samples = 100_000
    const file = await open(join(directory, 'cifar10/large.bin'), 'r+')
    // Zeros that the file system need not store, and one image at the end.
    await file.write(new Uint8Array(3073).fill(9), 0, 3073, (samples - 1) * 3073)
    await file.close()

    const before = bufferBytes()
    let most = 0
    const note = () => {
      most = Math.max(most, bufferBytes() - before)
    }
    const timer = setInterval(note, 5)
    const spec: RecordsSpec = { name: 'cifar10', files: { train: ['large.bin'] }, validation: 10_000 }
    const source = await opened({ ...spec, preprocess: ['scaleToUnit'] }, { directory })
    note()
    expect(source.memoryBytes).toBe(3 * 2 ** 20 + 4 * samples + 16 * 3072)
    expect(source.validation.labels[9_999]).toBe(9)

    const target = new Float32Array(256 * 3072)
    const indices = new Int32Array(256)
    for (let start = 0; start < 10_000; start += 256) {
      const rows = Math.min(256, 10_000 - start)
      for (let row = 0; row < rows; row++) indices[row] = start + row
      await source.validation.read(indices, rows, target)
      note()
    }
    expect(target[(10_000 % 256) * 3072 - 1]).toBe(Math.fround(9 / 255))
    const random = seededRandom(6)
    for (let batch = 0; batch < 200; batch++) {
      for (let row = 0; row < 100; row++) indices[row] = Math.floor(90_000 * random.uniform())
      await source.train.read(indices, 100, target)
      note()
    }
    // The small arrays of single reads, and what else allocates here, may wait to be collected.
    const slackBytes = target.byteLength + 2 ** 22
    expect(most).toBeLessThan(source.memoryBytes + slackBytes)

    // Statistics pass through the same blocks.
    const fitted = await opened({ ...spec, train: 10_000, preprocess: ['standardize'] }, { directory })
    note()
    clearInterval(timer)
    expect(most).toBeLessThan(source.memoryBytes + fitted.memoryBytes + slackBytes)
  })
})
