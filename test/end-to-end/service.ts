import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { type Client, createClient, type RunResource } from '@thalweg/client'

const root = resolve(import.meta.dirname, '../..')

/** The command line as its user runs it, from the sources. */
export function thalweg(...values: string[]): ChildProcess {
  const program = join(root, 'apps/cli/src/main.ts')
  return spawn(process.execPath, ['--conditions=@thalweg/source', program, ...values], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NO_COLOR: '1' },
  })
}

/** Everything a process says until it ends. */
export async function finished(
  child: ChildProcess,
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  let stdout = ''
  let stderr = ''
  child.stdout?.on('data', (chunk) => {
    stdout += chunk
  })
  child.stderr?.on('data', (chunk) => {
    stderr += chunk
  })
  const [code] = await once(child, 'close')
  return { code, stdout, stderr }
}

/** A service as a process of its own. */
export interface Service {
  readonly client: Client
  readonly url: string
  readonly child: ChildProcess
  /** Sends a signal and resolves to the exit code once the process is gone. */
  stop(signal: NodeJS.Signals): Promise<number | null>
}

/** Starts the service on a free port and waits for its address. */
export async function startService(database: string, ...values: string[]): Promise<Service> {
  const child = thalweg('start', '--port', '0', '--database', database, ...values)
  let said = ''
  const url = await new Promise<string>((done, failed) => {
    child.stderr?.on('data', (chunk) => {
      said += chunk
    })
    child.stdout?.on('data', (chunk) => {
      said += chunk
      // The last thing it says once it is ready; before it, a new database gets its first experiment.
      const address = /HTTP API\s+(http:\S+)\/docs/.exec(said)?.[1]
      if (address !== undefined) done(address)
    })
    child.once('exit', (code) => failed(new Error(`the service ended with ${code}: ${said}`)))
  })
  return {
    client: createClient({ baseUrl: url }),
    url,
    child,
    async stop(signal) {
      const gone = once(child, 'exit')
      child.kill(signal)
      const [code] = await gone
      return code
    },
  }
}

/** A folder for one test, and what removes it. */
export async function temporaryFolder(): Promise<{ path: string; remove: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'thalweg-end-to-end-'))
  return { path, remove: () => rm(path, { recursive: true, force: true }) }
}

/** Waits until every run of an experiment is in a final state; the test's own time-out is the limit. */
export async function settled(client: Client, experiment: string): Promise<readonly RunResource[]> {
  for (;;) {
    const { items } = await client.runs({
      filter: `experiment = "${experiment}"`,
      sort: 'createdAt',
      limit: 1000,
    })
    if (items.every((run) => run.state !== 'queued' && run.state !== 'running')) return items
    await delay(100)
  }
}

/** Waits until a condition about a run holds. */
export async function until(
  client: Client,
  id: string,
  holds: (run: RunResource) => boolean,
): Promise<RunResource> {
  for (;;) {
    const run = await client.run(id)
    if (holds(run)) return run
    await delay(20)
  }
}
