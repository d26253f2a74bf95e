import path from 'node:path'
import type { Surroundings } from './surroundings.ts'

/** Where data set files are: the option, else THALWEG_DATA; undefined where neither says. */
export function dataDirectoryOf(surroundings: Surroundings, option?: string): string | undefined {
  const directory = option ?? surroundings.environment.THALWEG_DATA ?? ''
  return directory === '' ? undefined : path.resolve(surroundings.directory, directory)
}
