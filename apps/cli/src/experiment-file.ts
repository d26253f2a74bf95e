import { readFile } from 'node:fs/promises'
import { type ExperimentDocument, expand } from '@thalweg/document'
import { CommandFailure } from './command-failure.ts'
import { findJsonFault } from './json-fault.ts'

/**
 * Reads and checks an experiment. Whatever is wrong with it is said before anything is sent: a file that cannot be
 * read, text that is no JSON (with line and column), and every fault of the document with its JSON pointer.
 */
export async function readExperimentFile(path: string | URL, shownAs: string): Promise<ExperimentDocument> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    throw new CommandFailure(`cannot read ${shownAs}: ${readingFault(error)}`, 2)
  }
  const expansion = expand(parseJson(text.replace(/^\ufeff/, ''), shownAs))
  if (expansion.ok) return expansion.experiment
  const faults = expansion.faults.map(({ pointer, message }) =>
    pointer === '' ? `${shownAs}: ${message}` : `${shownAs}: ${pointer}: ${message}`,
  )
  throw new CommandFailure(faults.join('\n'), 2)
}

function parseJson(text: string, shownAs: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    const fault = findJsonFault(text)
    const place = fault === undefined ? shownAs : `${shownAs}:${fault.line}:${fault.column}`
    throw new CommandFailure(`${place}: not JSON: ${fault?.message ?? 'the text cannot be parsed'}`, 2)
  }
}

const readingFaults = new Map([
  ['ENOENT', 'there is no such file'],
  ['ENOTDIR', 'there is no such file'],
  ['EISDIR', 'it is a folder'],
  ['EACCES', 'permission denied'],
])

function readingFault(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const code = 'code' in error ? String(error.code) : ''
  return readingFaults.get(code) ?? error.message
}
