import { open } from 'node:fs/promises'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { DatasetError } from '../errors.ts'
import type { SourceBytes } from '../idx-images.ts'
import { errorCode, type LocatedFile } from './locate.ts'

/** Largest file, also after inflation, that is read by default: 256 MiB (MNIST needs 45, a CIFAR-10 batch 30). */
export const defaultMaximumFileBytes = 2 ** 28

/** Reads all files of one part of a data set, in order; none where the part has no file. */
export type ReadFiles = (part: 'train' | 'validation' | 'test') => Promise<readonly SourceBytes[]>

const inflate = promisify(gunzip)

/**
 * Reads a file, inflated where it starts with the gzip magic 1f 8b.
 * Throws DatasetError: `too-large` (more than `maximumBytes`, before or after inflation), `bad-gzip`,
 * `truncated` (gzip data that ends early), `unreadable`.
 */
export async function readDataFile(file: LocatedFile, maximumBytes: number): Promise<SourceBytes> {
  const { source } = file
  const bytes = await readBytes(file, maximumBytes)
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return { source, bytes }
  try {
    return { source, bytes: await inflate(bytes, { maxOutputLength: maximumBytes }) }
  } catch (cause) {
    const code = errorCode(cause)
    if (code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(source, maximumBytes, 'more after inflation')
    if (code === 'Z_BUF_ERROR')
      throw new DatasetError('truncated', {
        file: source,
        offset: bytes.length,
        expected: 'the end of the gzip data',
        received: `${bytes.length} bytes of it`,
        cause,
      })
    throw new DatasetError('bad-gzip', { file: source, expected: 'gzip data', received: code, cause })
  }
}

async function readBytes({ source, path }: LocatedFile, maximumBytes: number): Promise<Uint8Array> {
  try {
    const handle = await open(path)
    try {
      const { size } = await handle.stat()
      if (size > maximumBytes) throw tooLarge(source, maximumBytes, `${size}`)
      return await handle.readFile()
    } finally {
      await handle.close()
    }
  } catch (cause) {
    if (cause instanceof DatasetError) throw cause
    throw new DatasetError('unreadable', {
      file: source,
      expected: 'a readable file',
      received: errorCode(cause),
      cause,
    })
  }
}

function tooLarge(file: string, maximumBytes: number, received: string): DatasetError {
  return new DatasetError('too-large', { file, expected: `at most ${maximumBytes} bytes`, received })
}
