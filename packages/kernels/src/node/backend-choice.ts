const backends = ['wasm', 'wasm-relaxed', 'blas', 'auto'] as const

/** What computes matrix products; `auto` is the system's BLAS where there is one, else WebAssembly. */
export type BackendChoice = (typeof backends)[number]

/** The back end that a setting names; `auto` where there is none. Throws RangeError for any other text. */
export function backendChoice(text: string | undefined): BackendChoice {
  if (text === undefined) return 'auto'
  const backend = backends.find((name) => name === text)
  if (backend === undefined) {
    throw new RangeError(`backend: must be one of ${backends.join(', ')}, got ${JSON.stringify(text)}`)
  }
  return backend
}
