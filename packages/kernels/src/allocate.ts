import { createWorkspace, maxWorkspaceBytes, type Workspace, workspaceOf } from './workspace.ts'

/**
 * A pool's workspace: pages are only taken from the system when they are first written, so that one which is mostly
 * empty costs address space, not memory.
 */
const poolBytes = 1 << 28

/** Beside one large array its gradient and states must find room, or updates cannot run where the arrays lie. */
const arraysBeside = 8

const pools = new WeakSet<Workspace>()
let current: Workspace | undefined

/**
 * A zeroed array of `length` numbers in SIMD memory, f32 by default: kernels use it where it lies.
 *
 * Arrays come from shared workspaces of 256 MiB, or of eight times an array that is larger than 32 MiB. A workspace is
 * freed when no array of it can be reached. Throws RangeError for a length that is no whole number or needs 4 GiB.
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
  return pooledWorkspace(length * (precision === 'f32' ? 4 : 8) + slackBytes)[precision](length)
}

/** What padding may take at an array's start and end. */
const slackBytes = 1024

/** The shared workspace in which `bytes` are free; a new one if the last has no room. */
export function pooledWorkspace(bytes: number): Workspace {
  if (current !== undefined && current.bytesTotal - current.bytesUsed >= bytes) return current
  const wanted = Math.max(poolBytes, arraysBeside * bytes)
  const made = createWorkspace({ bytes: Math.max(bytes, Math.min(wanted, maxWorkspaceBytes)) })
  pools.add(made)
  current = made
  return made
}

/** Whether an array lies in a shared workspace, which is nobody's to fill. */
export function isPooled(array: ArrayBufferView): boolean {
  const workspace = workspaceOf(array)
  return workspace !== undefined && pools.has(workspace)
}
