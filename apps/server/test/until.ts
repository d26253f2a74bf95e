import { setTimeout } from 'node:timers/promises'

/** Waits until `probe` gives a value. */
export async function until<T>(probe: () => Promise<T | undefined | false>, timeoutMs = 10_000): Promise<T> {
  const deadline = performance.now() + timeoutMs
  for (;;) {
    const value = await probe()
    if (value !== undefined && value !== false) return value
    if (performance.now() > deadline) throw new Error(`nothing after ${timeoutMs} ms`)
    await setTimeout(10)
  }
}
