/** Loaded models, the newest used kept, of so many bytes of files together; at least one. */
export interface RecentModels<T> {
  add(sha256: string, data: Uint8Array): void
  get(sha256: string): T | undefined
}

const mostBytes = 512 * 2 ** 20

export function recentModels<T>(load: (data: Uint8Array) => T, most = mostBytes): RecentModels<T> {
  // In the order of their last use.
  const models = new Map<string, { readonly model: T; readonly bytes: number }>()
  return {
    add(sha256, data) {
      models.set(sha256, { model: load(data), bytes: data.length })
      let total = [...models.values()].reduce((sum, { bytes }) => sum + bytes, 0)
      for (const [oldest, { bytes }] of models) {
        if (total <= most || models.size === 1) break
        models.delete(oldest)
        total -= bytes
      }
    },
    get(sha256) {
      const found = models.get(sha256)
      if (found === undefined) return undefined
      models.delete(sha256)
      models.set(sha256, found)
      return found.model
    },
  }
}
