import { createWorkspace, maxWorkspaceBytes, type Workspace, workspaceOf } from './workspace.ts'

/**
 * A shared workspace: pages are only taken from the system when they are first written, so that one which is mostly
 * empty costs address space, not memory.
 */
const sharedBytes = 1 << 28

/**
 * Parameters must find room for their gradient and an optimizer's states beside them: kernels work on one memory, and
 * what lies in another is copied.
 */
const arraysTogether = 8

/** What padding may take at an array's start and end. */
const slackBytes = 1024

const shared = new WeakSet<Workspace>()
let current: Workspace | undefined

/** Where the last array of a size lies if it was the first of a pair, by bytes. Weak: this is no reason to keep it. */
const firstOfPair = new Map<number, WeakRef<Workspace>>()

/**
 * A zeroed array of `length` numbers in SIMD memory, f32 by default: kernels use it where it lies.
 *
 * Arrays of one length go together in pairs, such as parameters and their gradient, in a workspace with room for six
 * more. A workspace is freed when no array of it can be reached. Throws RangeError for a length that is no whole number
 * or needs 4 GiB.
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
  const beside = firstOfPair.get(bytes)?.deref()
  firstOfPair.delete(bytes)
  if (beside !== undefined && freeBytes(beside) >= bytes) return beside
  const workspace = sharedWorkspace(Math.min(arraysTogether * bytes, maxWorkspaceBytes))
  firstOfPair.set(bytes, new WeakRef(workspace))
  return workspace
}

/** A shared workspace in which `bytes` are free; a new one if the last has no room. */
export function sharedWorkspace(bytes: number): Workspace {
  if (current !== undefined && freeBytes(current) >= bytes) return current
  const made = createWorkspace({ bytes: Math.max(bytes, sharedBytes) })
  shared.add(made)
  current = made
  return made
}

function freeBytes({ bytesTotal, bytesUsed }: Workspace): number {
  return bytesTotal - bytesUsed
}

/** Whether an array lies in a shared workspace, which is nobody's to fill. */
export function isShared(array: ArrayBufferView): boolean {
  const workspace = workspaceOf(array)
  return workspace !== undefined && shared.has(workspace)
}
