import { realpath, stat } from 'node:fs/promises'
import { isAbsolute, join, relative, sep, win32 } from 'node:path'
import { DatasetError } from '../errors.ts'
import type { FileNames } from './wanted-files.ts'

/** A file that exists, inside the data directory. */
export interface LocatedFile {
  /** The name it was found under, with its folder; the name used in errors. */
  readonly source: string
  /** Real path, free of symbolic links. */
  readonly path: string
}

/**
 * Finds the first of `names` that is a file in `directory`/`folder`. Names may not leave that folder, be it by
 * an absolute name, by `..` or by a symbolic link; nor may the folder leave the directory.
 * Throws DatasetError: `outside-directory`, `missing-file`, `unreadable`, `no-directory`.
 */
export async function locate(
  directory: string | undefined,
  folder: string,
  names: FileNames,
): Promise<LocatedFile> {
  for (const name of names) refuseOutsideName(folder, name)
  if (!directory)
    throw new DatasetError('no-directory', {
      file: sourceName(folder, names[0]),
      expected: 'a data directory',
      received: 'none: THALWEG_DATA is not set',
    })
  const realDirectory = await realPathOf(directory, directory)
  const realFolder = realDirectory && (await realPathOf(join(realDirectory, folder), folder))
  if (realDirectory !== undefined && realFolder !== undefined) {
    if (!isInside(realDirectory, realFolder)) throw outside(folder, 'a symbolic link out of it')
    for (const name of names) {
      const path = await realPathOf(join(realFolder, name), sourceName(folder, name))
      if (path === undefined) continue
      if (!isInside(realFolder, path)) throw outside(sourceName(folder, name), 'a symbolic link out of it')
      if ((await stat(path)).isFile()) return { source: sourceName(folder, name), path }
    }
  }
  throw new DatasetError('missing-file', {
    file: sourceName(folder, names[0]),
    expected: `a file in ${join(directory, folder)}, tried ${names.join(', ')}`,
    received: 'no such file',
  })
}

/** A name with its folder, with `/`. */
export function sourceName(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`
}

function refuseOutsideName(folder: string, name: string): void {
  if (name.includes('\0'))
    throw outside(sourceName(folder, name.replaceAll('\0', '\\0')), 'a name with a NUL byte')
  if (isAbsolute(name) || win32.isAbsolute(name) || /^[a-z]:/i.test(name))
    throw outside(name, 'an absolute name')
  if (name.split(/[/\\]/).includes('..')) throw outside(sourceName(folder, name), 'a name with ..')
}

function outside(file: string, received: string): DatasetError {
  return new DatasetError('outside-directory', {
    file,
    expected: 'a name inside the data directory',
    received,
  })
}

function isInside(folder: string, path: string): boolean {
  const steps = relative(folder, path)
  return steps !== '..' && !steps.startsWith(`..${sep}`) && !isAbsolute(steps)
}

/** The path without symbolic links; undefined where there is nothing. */
async function realPathOf(path: string, file: string): Promise<string | undefined> {
  try {
    return await realpath(path)
  } catch (cause) {
    if (absent.has(errorCode(cause))) return undefined
    throw new DatasetError('unreadable', {
      file,
      expected: 'a readable file',
      received: errorCode(cause),
      cause,
    })
  }
}

const absent: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG'])

/** The `code` of a system error, e.g. ENOENT. */
export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error)
}
