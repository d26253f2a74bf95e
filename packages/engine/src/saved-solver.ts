import { CheckpointError } from './checkpoint-error.ts'
import type { SavedMethod } from './method.ts'

/** What a solver saved, as JSON: its vectors are texts in it, which stand among the arrays of a checkpoint. */
export function savedSolver(name: string, state: unknown) {
  return { facts: { solver: name }, arrays: { solver: new TextEncoder().encode(JSON.stringify(state)) } }
}

/** How large a checkpoint is whose vectors have so many bytes: four characters hold three. */
export function savedSolverBytes(bytes: number): number {
  return Math.ceil((bytes * 4) / 3)
}

/** What `savedSolver` was given. Throws CheckpointError for what another method saved. */
export function readSolver<T>(name: string, { facts, arrays }: SavedMethod): T {
  const isOwn = typeof facts === 'object' && facts !== null && 'solver' in facts && facts.solver === name
  if (!isOwn || arrays.solver === undefined) {
    throw new CheckpointError('other-run', `its optimizer state is not one of ${name}`)
  }
  return JSON.parse(new TextDecoder().decode(arrays.solver))
}
