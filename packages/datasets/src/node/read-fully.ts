import { read } from 'node:fs'
import { DatasetError } from '../errors.ts'
import { errorCode } from './locate.ts'

/**
 * Reads exactly `length` bytes, from byte `position` of an open file on, to `bytes` from `offset` on. Rejects with
 * DatasetError `truncated` where the file ends before, or `unreadable`; `source` is its name there.
 */
export function readFully(
  descriptor: number,
  source: string,
  bytes: Uint8Array,
  offset: number,
  length: number,
  position: number,
): Promise<void> {
  return new Promise((done, failed) => {
    const continueAt = (have: number): void => {
      if (have === length) {
        done()
        return
      }
      read(descriptor, bytes, offset + have, length - have, position + have, (cause, count) => {
        if (cause !== null) failed(unreadable(source, cause))
        else if (count === 0) failed(shortened(source, position + have, length - have))
        else continueAt(have + count)
      })
    }
    continueAt(0)
  })
}

export function unreadable(file: string, cause: unknown): DatasetError {
  return new DatasetError('unreadable', {
    file,
    expected: 'a readable file',
    received: errorCode(cause),
    cause,
  })
}

function shortened(file: string, offset: number, missing: number): DatasetError {
  return new DatasetError('truncated', {
    file,
    offset,
    expected: `${missing} more bytes, which were there when it was opened`,
    received: 'the end of the file',
  })
}
