import { setImmediate } from 'node:timers/promises'

/** How long a computation may keep messages from being read. */
const mostMs = 30

/** To be awaited between the parts of a long computation: lets messages be read where it is time. */
export function createPauses(): () => undefined | Promise<void> {
  let pausedAt = performance.now()
  return () => {
    if (performance.now() - pausedAt < mostMs) return undefined
    return setImmediate().then(() => {
      pausedAt = performance.now()
    })
  }
}
