import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

/** How to start a process that is asked a line at a time. */
export interface Command {
  readonly command: string
  readonly arguments: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
}

/** A process that answers a line of JSON with a line of JSON, and waits without work between its turns. */
export interface Conversation<Request> {
  /** What the process answers under `key`; an error where it answers with one, with something else, or not at all. */
  ask<V>(request: Request, key: string, isWanted: (value: unknown) => value is V): Promise<V>
  close(): void
}

/** Starts the process. */
export function converse<Request>(
  name: string,
  { command, arguments: words, environment }: Command,
): Conversation<Request> {
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
  return {
    async ask(request, key, isWanted) {
      running.stdin.write(`${JSON.stringify(request)}\n`)
      const { value: line, done } = await Promise.race([lines.next(), ended])
      if (done) return await ended
      const answer: Readonly<Record<string, unknown>> = JSON.parse(line)
      if ('error' in answer) throw new Error(String(answer.error))
      const value = answer[key]
      if (!isWanted(value)) throw new Error(`${name} answered ${line}`)
      return value
    },
    close: () => {
      running.stdin.end()
    },
  }
}

export function isText(value: unknown): value is string {
  return typeof value === 'string'
}

export function isNumber(value: unknown): value is number {
  return typeof value === 'number'
}

export function isTruth(value: unknown): value is boolean {
  return typeof value === 'boolean'
}

export function areNumbers(value: unknown): value is number[] {
  return Array.isArray(value) && value.every(isNumber)
}
