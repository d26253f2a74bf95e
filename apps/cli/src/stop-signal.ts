import { interruptedExitCode } from './command-failure.ts'
import type { Surroundings } from './surroundings.ts'

/**
 * Package managers pass a Ctrl-C on to a process that the terminal has told already; a second signal this soon is the
 * same wish, not impatience.
 */
const echoMs = 500

/**
 * Runs `work` with a signal that is aborted by the first SIGINT or SIGTERM. A second one ends the process at once, for
 * whoever does not want to wait for `work` to wind up.
 */
export async function withStopSignal<T>(
  surroundings: Surroundings,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController()
  let firstAt: number | undefined
  const unsubscribe = surroundings.onStopSignal(() => {
    const at = surroundings.now()
    if (firstAt === undefined) {
      firstAt = at
      controller.abort()
    } else if (at - firstAt >= echoMs) surroundings.exit(interruptedExitCode)
  })
  try {
    return await work(controller.signal)
  } finally {
    unsubscribe()
  }
}

/** Resolves once the signal is aborted. */
export function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
