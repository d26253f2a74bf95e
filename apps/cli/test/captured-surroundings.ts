import { Writable } from 'node:stream'
import type { Output, ServerSettings, Surroundings } from '../src/surroundings.ts'
import { createdAt, createFakeClient, createFakeService, type FakeService } from './fake-client.ts'

/** A stream that keeps what is written. */
class CapturedOutput extends Writable implements Output {
  readonly isTTY: boolean
  readonly columns: number
  text = ''

  constructor({ isTTY = false, columns = 80 } = {}) {
    super({ decodeStrings: false })
    this.isTTY = isTTY
    this.columns = columns
  }

  override _write(chunk: string, _encoding: string, done: () => void): void {
    this.text += chunk
    done()
  }
}

export interface Captured extends Surroundings {
  readonly stdout: CapturedOutput
  readonly stderr: CapturedOutput
  readonly service: FakeService
  /** What was asked of `connect` and `startServer`. */
  readonly connected: string[]
  readonly started: ServerSettings[]
  closed: number
  readonly exits: number[]
  /** As if Ctrl-C were pressed. */
  interrupt(): void
}

/** Surroundings that touch nothing; time moves only while something sleeps. */
export function captureSurroundings(
  parts: Partial<Surroundings> & { readonly isTTY?: boolean } = {},
): Captured {
  const service = createFakeService()
  const listeners = new Set<() => void>()
  const isTTY = parts.isTTY ?? false
  let now = Date.parse(createdAt) + 180_000
  const captured: Captured = {
    stdout: new CapturedOutput({ isTTY }),
    stderr: new CapturedOutput({ isTTY }),
    service,
    connected: [],
    started: [],
    closed: 0,
    exits: [],
    environment: {},
    directory: import.meta.dirname,
    program: 'thalweg',
    connect(url) {
      captured.connected.push(url)
      return createFakeClient(service)
    },
    async startServer(settings) {
      captured.started.push(settings)
      return {
        url: `http://127.0.0.1:${settings.port === 0 ? 50_000 : settings.port}`,
        close: async () => {
          captured.closed++
        },
      }
    },
    onStopSignal(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    interrupt() {
      for (const listener of listeners) listener()
    },
    async sleep(milliseconds) {
      now += milliseconds
      // A turn of the event loop, so that a test can come between two looks.
      await new Promise((resolve) => setImmediate(resolve))
    },
    now: () => now,
    exit: (code) => captured.exits.push(code),
  }
  const { isTTY: _, ...replaced } = parts
  return Object.assign(captured, replaced)
}
