import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Trainer } from './trainer.ts'

/** How to start a process that trains. */
export interface Command {
  readonly command: string
  readonly arguments: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
}

/** What goes to such a process, a line each; `serve.ts` and `pytorch.py` answer. */
export type Request =
  | { readonly ask: 'version' }
  | { readonly ask: 'setUp'; readonly optimizer: string; readonly length: number }
  | { readonly ask: 'elapsed'; readonly calls: number }
  | { readonly ask: 'first'; readonly count: number }

/** What comes back, a line for a line. */
export type Answer =
  | { readonly version: string }
  | { readonly known: boolean }
  | { readonly microseconds: number }
  | { readonly values: readonly number[] }
  | { readonly error: string }

/** A trainer in a process of its own, which waits without work between its turns. */
export async function child(
  name: string,
  { command, arguments: words, environment }: Command,
): Promise<Trainer> {
  const running = spawn(command, words, {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, ...environment },
  })
  const ended = new Promise<never>((_, reject) => {
    running.on('error', reject)
    running.on('close', (code, signal) => reject(new Error(`${command} ended with ${signal ?? code}`)))
  })
  ended.catch(() => {})
  running.stdin.on('error', () => {})
  const lines = createInterface({ input: running.stdout })[Symbol.asyncIterator]()

  async function ask<K extends string, V>(
    request: Request,
    key: K,
    isWanted: (value: unknown) => value is V,
  ): Promise<V> {
    running.stdin.write(`${JSON.stringify(request)}\n`)
    const { value: line, done } = await Promise.race([lines.next(), ended])
    if (done) return await ended
    const answer: Readonly<Record<string, unknown>> = JSON.parse(line)
    if ('error' in answer) throw new Error(String(answer.error))
    const value = answer[key]
    if (!isWanted(value)) throw new Error(`${name} answered ${line}`)
    return value
  }

  const version = await ask({ ask: 'version' }, 'version', (value) => typeof value === 'string')
  return {
    name,
    version,

    async setUp(optimizer, length) {
      const known = await ask(
        { ask: 'setUp', optimizer, length },
        'known',
        (value) => typeof value === 'boolean',
      )
      if (!known) return undefined
      return {
        elapsed: (calls) =>
          ask({ ask: 'elapsed', calls }, 'microseconds', (value) => typeof value === 'number'),
        first: (count) =>
          ask({ ask: 'first', count }, 'values', (value): value is number[] => Array.isArray(value)),
      }
    },

    close() {
      running.stdin.end()
    },
  }
}
