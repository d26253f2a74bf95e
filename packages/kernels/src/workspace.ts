/** Bytes of a cache line; every allocation starts on one. */
const lineBytes = 64

/**
 * An odd number of cache lines between allocations: arrays of equal power-of-two size would otherwise share their
 * address bits, and evict each other from the same cache sets and memory banks.
 */
const staggerBytes = 5 * lineBytes

/** WebAssembly memory is sized in pages. */
const pageBytes = 65_536

/** The largest memory in which the end of the last array is still a 32-bit address. */
export const maxWorkspaceBytes = 65_535 * pageBytes

/**
 * A heap of fixed size that kernels work on: one WebAssembly.Memory, handed out as typed arrays.
 *
 * Because the size is fixed, views never detach and an array's `byteOffset` is its address for as long as the
 * workspace lives. Arrays are freed together, with the workspace.
 */
export interface Workspace {
  readonly memory: WebAssembly.Memory
  /** Whether threads share it: then its arrays lie in a SharedArrayBuffer. */
  readonly shared: boolean
  readonly bytesTotal: number
  readonly bytesUsed: number
  /** A zeroed array of `length` f32; throws RangeError when the workspace is full. */
  f32(length: number): Float32Array
  /** A zeroed array of `length` f64. */
  f64(length: number): Float64Array
  /** A zeroed array of `length` i32. */
  i32(length: number): Int32Array
}

const workspaces = new WeakMap<ArrayBufferLike, Workspace>()

export interface WorkspaceOptions {
  /** Rounded up to whole pages of 64 KiB; up to 4 GiB less a page. */
  readonly bytes: number
  /**
   * Whether other threads may get the memory; false by default, because JavaScript copies into shared memory four times
   * as slowly.
   */
  readonly shared?: boolean
}

/**
 * Makes a workspace. Throws RangeError for a size out of range.
 *
 * @example
 * const workspace = createWorkspace({ bytes: 1 << 20 })
 * const weights = workspace.f32(1000)
 */
export function createWorkspace({ bytes, shared = false }: WorkspaceOptions): Workspace {
  if (!(Number.isSafeInteger(bytes) && bytes > 0 && bytes <= maxWorkspaceBytes)) {
    throw new RangeError(`workspace: bytes must be a whole number in [1, ${maxWorkspaceBytes}], got ${bytes}`)
  }
  const pages = Math.ceil(bytes / pageBytes)
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared })
  const { buffer } = memory
  // Address 0 stays unused, so that no array is confused with "none".
  let next = lineBytes

  function take(length: number, bytesPerElement: number): number {
    if (!(Number.isSafeInteger(length) && length >= 0)) {
      throw new RangeError(`workspace: length must be a whole number in [0, ∞), got ${length}`)
    }
    const start = next
    const end = start + length * bytesPerElement
    if (end > buffer.byteLength) {
      const free = Math.max(0, buffer.byteLength - start)
      throw new RangeError(
        `workspace: ${length * bytesPerElement} bytes wanted, ${free} of ${buffer.byteLength} free`,
      )
    }
    next = Math.ceil(end / lineBytes) * lineBytes + staggerBytes
    return start
  }

  const workspace: Workspace = {
    memory,
    shared,
    bytesTotal: buffer.byteLength,
    get bytesUsed() {
      return Math.min(next, buffer.byteLength)
    },
    f32: (length) => new Float32Array(buffer, take(length, 4), length),
    f64: (length) => new Float64Array(buffer, take(length, 8), length),
    i32: (length) => new Int32Array(buffer, take(length, 4), length),
  }
  workspaces.set(buffer, workspace)
  return workspace
}

/** What `length` elements take in a workspace, padding included: for sizing one before it is made. */
export function bytesFor(length: number, bytesPerElement: number): number {
  return Math.ceil((length * bytesPerElement) / lineBytes) * lineBytes + staggerBytes
}

/** The workspace an array lies in; undefined for an array from elsewhere. */
export function workspaceOf(array: ArrayBufferView): Workspace | undefined {
  return workspaces.get(array.buffer)
}
