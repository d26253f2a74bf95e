import { createWorkspace, maxWorkspaceBytes, type Workspace, workspaceOf } from './workspace.ts'

/**
 * A shared workspace: pages are only taken from the system when they are first written, so that one which is mostly
 * empty costs address space, not memory.
 */
const sharedBytes = 1 << 28

/**
 * Kernels work on one memory, and what lies in another is copied: parameters keep room for their gradient and for the
 * states of an optimizer, of which most have two.
 */
const statesBeside = 4

/** What padding may take at an array's start and end. */
const slackBytes = 1024

/** Bytes of each shared workspace that are kept for the states of what lies in it. */
const kept = new WeakMap<Workspace, number>()
let current: Workspace | undefined

/** Where the first array of a pair lies whose second has not come; strong for the last, so that pairs leave no trace. */
let pending: { readonly bytes: number; readonly workspace: Workspace } | undefined
const earlierPending = new Map<number, WeakRef<Workspace>>()

/**
 * A zeroed array of `length` numbers in SIMD memory, f32 by default: kernels use it where it lies.
 *
 * Arrays of one length go together in pairs, such as parameters and their gradient, in a shared workspace that keeps
 * room for four states of theirs. It is freed when no array of it can be reached and another one is in use. Throws
 * RangeError for a length that is no whole number or needs 4 GiB.
 *
 * @example const weights = allocate(1000)
 */
export function allocate(length: number): Float32Array<ArrayBuffer>
export function allocate(length: number, precision: 'f32'): Float32Array<ArrayBuffer>
export function allocate(length: number, precision: 'f64'): Float64Array<ArrayBuffer>
export function allocate(length: number, precision: 'f32' | 'f64' = 'f32'): Float32Array | Float64Array {
  if (!(Number.isSafeInteger(length) && length >= 0)) {
    throw new RangeError(`allocate: length must be a whole number in [0, ∞), got ${length}`)
  }
  return workspaceForPair(length * (precision === 'f32' ? 4 : 8) + slackBytes)[precision](length)
}

function workspaceForPair(bytes: number): Workspace {
  const beside = takePending(bytes)
  if (beside !== undefined && freeBytes(beside) >= bytes) return beside
  const states = statesBeside * bytes
  const workspace = sharedWorkspace(Math.max(bytes, Math.min(2 * bytes + states, maxWorkspaceBytes)))
  kept.set(workspace, (kept.get(workspace) ?? 0) + states)
  if (pending !== undefined) earlierPending.set(pending.bytes, new WeakRef(pending.workspace))
  pending = { bytes, workspace }
  return workspace
}

function takePending(bytes: number): Workspace | undefined {
  if (pending?.bytes === bytes) {
    const { workspace } = pending
    pending = undefined
    return workspace
  }
  const earlier = earlierPending.get(bytes)?.deref()
  earlierPending.delete(bytes)
  return earlier
}

/** A shared workspace in which `bytes` are free and kept for nothing else; a new one if the last has no room. */
export function sharedWorkspace(bytes: number): Workspace {
  if (current !== undefined && freeBytes(current) - (kept.get(current) ?? 0) >= bytes) return current
  const made = createWorkspace({ bytes: Math.max(bytes, sharedBytes) })
  kept.set(made, 0)
  current = made
  return made
}

/**
 * The workspace in which an array lies, if `bytes` of states may go beside it: always in one of the caller's own, in a
 * shared one where there is room. Undefined for an array from elsewhere.
 */
export function workspaceBeside(array: ArrayBufferView, bytes: number): Workspace | undefined {
  const workspace = workspaceOf(array)
  if (workspace === undefined) return undefined
  const keptBytes = kept.get(workspace)
  if (keptBytes === undefined) return workspace
  if (freeBytes(workspace) < bytes) return undefined
  kept.set(workspace, Math.max(0, keptBytes - bytes))
  return workspace
}

function freeBytes({ bytesTotal, bytesUsed }: Workspace): number {
  return bytesTotal - bytesUsed
}
