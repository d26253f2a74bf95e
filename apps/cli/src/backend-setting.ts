import type { Surroundings } from './surroundings.ts'

/** What is to compute matrix products, as THALWEG_BACKEND says; undefined where it does not. */
export function backendOf({ environment }: Surroundings): string | undefined {
  const { THALWEG_BACKEND: backend = '' } = environment
  return backend === '' ? undefined : backend
}
