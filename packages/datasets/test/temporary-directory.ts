import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { RandomSource } from '../src/dataset.ts'

/** A directory of its own for one test, with the files given by relative name. */
export async function temporaryDirectory(files: Record<string, string | Uint8Array>) {
  const path = await mkdtemp(join(tmpdir(), 'thalweg-datasets-'))
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(path, name)), { recursive: true })
    await writeFile(join(path, name), content)
  }
  return { path, remove: () => rm(path, { recursive: true, force: true }) }
}

/** An IDX file of unsigned bytes. */
export function idxFile(dimensions: number[], values: number[]): Uint8Array {
  const header = dimensions.flatMap((size) => [0, 0, size >> 8, size & 255])
  return Uint8Array.from([0, 0, 8, dimensions.length, ...header, ...values])
}

/** CIFAR records with random labels and pixels. */
export function randomCifarFile(records: number, random: RandomSource): Uint8Array {
  return Uint8Array.from({ length: records * 3073 }, (_, index) =>
    Math.floor(random.uniform() * (index % 3073 === 0 ? 10 : 256)),
  )
}

/** CIFAR records, one per label, of which every byte of the image is `value`. */
export function cifarFile(labels: number[], value: number): Uint8Array {
  const bytes = new Uint8Array(labels.length * 3073).fill(value)
  labels.forEach((label, record) => {
    bytes[record * 3073] = label
  })
  return bytes
}
