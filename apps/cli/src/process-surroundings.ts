import process from 'node:process'
import { setTimeout as delay } from 'node:timers/promises'
import { createClient } from '@thalweg/client'
import type { Surroundings } from './surroundings.ts'

/** In a checkout the sources run as they are, through the root's scripts; an installed program has its own name. */
const program = import.meta.url.endsWith('.ts') ? 'npx -y pnpm@10.34.8 thalweg' : 'thalweg'

const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** The real process, network and service. */
export function processSurroundings(): Surroundings {
  return {
    stdout: process.stdout,
    stderr: process.stderr,
    environment: process.env,
    directory: process.cwd(),
    program,
    connect: (url) => createClient({ baseUrl: url }),
    async startServer(settings) {
      // Loaded only here: the other commands start faster without the service.
      const { startServer } = await import('@thalweg/server')
      return startServer(settings)
    },
    onStopSignal(listener) {
      // SIGHUP: the terminal was closed.
      for (const signal of stopSignals) process.on(signal, listener)
      const stopWatching = watchPackageManager(listener)
      return () => {
        stopWatching()
        for (const signal of stopSignals) process.off(signal, listener)
      }
    },
    async sleep(milliseconds, signal) {
      await delay(milliseconds, undefined, signal === undefined ? {} : { signal }).catch(() => undefined)
    },
    now: () => Date.now(),
    exit: (code) => process.exit(code),
  }
}

/**
 * A package manager that is told to stop may end without passing the signal on, and nobody would be left to stop us:
 * under one, losing the parent is a stop signal too.
 */
function watchPackageManager(listener: () => void): () => void {
  if (process.env.npm_lifecycle_event === undefined) return () => undefined
  const parent = process.ppid
  const timer = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(timer)
    listener()
  }, 500)
  timer.unref()
  return () => clearInterval(timer)
}
