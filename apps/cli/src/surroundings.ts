import type { Client } from '@thalweg/client'

/** A stream to write on, and what is known of the terminal behind it. */
export interface Output extends NodeJS.WritableStream {
  readonly isTTY?: boolean
  /** Width of the terminal in characters. */
  readonly columns?: number
}

/** What the command line asks of the service when it starts one itself. */
export interface ServerSettings {
  readonly host: string
  /** 0 takes any free port. */
  readonly port: number
  readonly databasePath: string
  /** Where file data sets lie; undefined where none is configured. */
  readonly dataDirectory: string | undefined
  readonly workers?: number
  /** What computes matrix products; the service's own choice where nothing is said. */
  readonly backend?: string
  /** Takes lines of the service's log. */
  readonly log?: (line: string) => void
}

/** A service of this process. */
interface RunningServer {
  readonly url: string
  /** Drains: resolves when every worker has stopped and the database is closed. */
  close(): Promise<void>
}

/** Everything a command touches outside itself; tests pass their own. */
export interface Surroundings {
  readonly stdout: Output
  readonly stderr: Output
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Where the command is run: relative paths start here. */
  readonly directory: string
  /** How a person calls this program, for the commands that the output suggests. */
  readonly program: string
  connect(url: string): Client
  startServer(settings: ServerSettings): Promise<RunningServer>
  /** Calls `listener` at each SIGINT, SIGTERM and SIGHUP until the returned function is called. */
  onStopSignal(listener: () => void): () => void
  /** Resolves after the time, or as soon as the signal is aborted; never rejects. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>
  /** Milliseconds since the epoch. */
  now(): number
  /** Ends the process at once. */
  exit(code: number): void
}
