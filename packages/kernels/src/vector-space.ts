import { copy } from './element-wise.ts'
import { bind } from './kernel.ts'
import { elementBytes, type Precision } from './lanes.ts'
import { combineVectors } from './vector-space-combine.ts'
import { dotAndLargest } from './vector-space-measure.ts'
import { blockLength } from './vector-space-pairs.ts'
import { productsWithTwo } from './vector-space-products.ts'
import { bytesFor, createWorkspace, maxWorkspaceBytes, type Workspace } from './workspace.ts'

type Vector = Float64Array | Float32Array

/**
 * Vectors of one length and precision in SIMD memory, and what minimisers do with them; each operation is one call of
 * WebAssembly, computes in f64, and gives the same bits every time.
 *
 * Vectors are arrays of that length and precision in the space's workspace, such as `create` makes; anything else throws
 * TypeError. Lists have at most `capacity` vectors, else RangeError.
 */
export interface VectorSpace<V extends Vector> {
  /** The workspace in which the vectors lie. */
  readonly workspace: Workspace
  /** The unit roundoff of a coordinate: 2^-52 in f64, 2^-23 in f32. */
  readonly epsilon: number
  /** A vector of zeros; throws RangeError when the workspace is full. */
  create(): V
  copy(from: V, to: V): void
  /**
   * out = sum of coefficients[i] vectors[i] over the first `count`, from left to right; zeros if there are none. `out`
   * may be vectors[0], and no other of them.
   */
  combine(coefficients: Float64Array, vectors: readonly V[], count: number, out: V): void
  /** out[2 i] = vectors[i] . a, out[2 i + 1] = vectors[i] . b, over the first `count` vectors. */
  products(vectors: readonly V[], count: number, a: V, b: V, out: Float64Array): void
  /** out[0] = a . b, out[1] = max |a_i|, NaN if a coordinate of a is NaN. */
  measure(a: V, b: V, out: Float64Array): void
}

export interface VectorSpaceOptions {
  /** 'f64' by default. */
  readonly precision?: Precision
  /** Where the vectors lie; by default a workspace of the space's own, with room for `capacity` of them. */
  readonly workspace?: Workspace
  /**
   * The most vectors of one operation: 64 by default, or as many as 4 GiB hold. L-BFGS with a memory of m pairs needs
   * about 2 m + 16. Memory that no vector uses costs address space only.
   */
  readonly capacity?: number
}

/**
 * A vector space of `length` coordinates over SIMD memory, for the minimisers of `@thalweg/lbfgs`: faster than plain
 * arrays from about 32 coordinates on. Throws RangeError for a length, precision or capacity out of range.
 *
 * @example
 * const space = createVectorSpace(10_000)
 * const [x, gradient] = [space.create(), space.create()]
 */
export function createVectorSpace(
  length: number,
  options?: VectorSpaceOptions & { readonly precision?: 'f64' },
): VectorSpace<Float64Array>
export function createVectorSpace(
  length: number,
  options: VectorSpaceOptions & { readonly precision: 'f32' },
): VectorSpace<Float32Array>
export function createVectorSpace(
  length: number,
  options?: VectorSpaceOptions,
): VectorSpace<Float64Array> | VectorSpace<Float32Array>
export function createVectorSpace(
  length: number,
  { precision = 'f64', workspace: given, capacity: wanted }: VectorSpaceOptions = {},
): VectorSpace<Float64Array> | VectorSpace<Float32Array> {
  if (precision !== 'f64' && precision !== 'f32') {
    throw new RangeError(`createVectorSpace: precision must be 'f64' or 'f32', got '${String(precision)}'`)
  }
  requireWhole('length', length, 0)
  const vectorBytes = bytesFor(length, elementBytes[precision])
  const tableBytes = (capacity: number): number =>
    bytesFor(capacity, 4) + bytesFor(capacity, 8) + bytesFor(2 * capacity, 8) + bytesFor(blockLength, 8)
  const mostVectors = Math.floor((maxWorkspaceBytes - tableBytes(usualCapacity)) / vectorBytes)
  const capacity = wanted ?? Math.max(1, Math.min(usualCapacity, mostVectors))
  requireWhole('capacity', capacity, 1)
  const workspace = given ?? createWorkspace({ bytes: capacity * vectorBytes + tableBytes(capacity) + 64 })
  const setting = { length, capacity, workspace }
  return precision === 'f64'
    ? spaceOf<Float64Array>(precision, 2 ** -52, Float64Array, setting)
    : spaceOf<Float32Array>(precision, 2 ** -23, Float32Array, setting)
}

const usualCapacity = 64

function requireWhole(name: string, value: number, least: number): void {
  if (!(Number.isSafeInteger(value) && value >= least)) {
    throw new RangeError(`createVectorSpace: ${name} must be a whole number in [${least}, ∞), got ${value}`)
  }
}

interface Setting {
  readonly length: number
  readonly capacity: number
  readonly workspace: Workspace
}

function spaceOf<V extends Vector>(
  precision: Precision,
  epsilon: number,
  type: new (length: number) => V,
  { length, capacity, workspace }: Setting,
): VectorSpace<V> {
  const { buffer } = workspace.memory
  const addresses = workspace.i32(capacity)
  const factors = workspace.f64(capacity)
  const results = workspace.f64(2 * capacity)
  const scratch = workspace.f64(precision === 'f32' ? blockLength : 0)
  const kernels = bind(workspace, {
    copy: copy(precision),
    combine: combineVectors(precision),
    products: productsWithTwo(precision),
    measure: dotAndLargest(precision),
  })
  const [addressesAt, factorsAt] = [addresses.byteOffset, factors.byteOffset]
  const [resultsAt, scratchAt] = [results.byteOffset, scratch.byteOffset]

  const known = new Map<V, number>()

  function addressOf(operation: string, name: string, vector: V): number {
    return known.get(vector) ?? addressOfOther(operation, name, vector)
  }

  function addressOfOther(operation: string, name: string, vector: V): number {
    const isVector = vector instanceof type
    if (isVector && vector.length === length && vector.buffer === buffer) return vector.byteOffset
    const found = !isVector
      ? Object.prototype.toString.call(vector).slice(8, -1)
      : vector.length === length
        ? 'one in other memory'
        : `one of length ${vector.length}`
    throw new TypeError(
      `vector space: ${operation}: ${name} must be a ${type.name} of length ${length} in the space's workspace, got ${found}`,
    )
  }

  function list(operation: string, vectors: readonly V[], count: number): void {
    if (!(Number.isInteger(count) && count >= 0 && count <= capacity)) {
      throw new RangeError(
        `vector space: ${operation}: count must be a whole number in [0, ${capacity}], got ${count}`,
      )
    }
    for (let index = 0; index < count; index++) {
      addresses[index] = addressOf(operation, 'each vector', vectors[index])
    }
  }

  return {
    workspace,
    epsilon,
    create() {
      const vector = workspace[precision](length) as V
      known.set(vector, vector.byteOffset)
      return vector
    },
    copy(from, to) {
      const [fromAt, toAt] = [addressOf('copy', 'from', from), addressOf('copy', 'to', to)]
      if (workspace.shared) kernels.copy(length, 0, fromAt, toAt)
      else to.set(from)
    },
    combine(coefficients, vectors, count, out) {
      const outAt = addressOf('combine', 'out', out)
      list('combine', vectors, count)
      for (let index = 1; index < count; index++) {
        if (vectors[index] === out) {
          throw new RangeError(`vector space: combine: out may be vectors[0], got vectors[${index}]`)
        }
      }
      for (let index = 0; index < count; index++) factors[index] = coefficients[index]
      if (count === 0) out.fill(0)
      else kernels.combine(length, addressesAt, count, factorsAt, outAt, scratchAt)
    },
    products(vectors, count, a, b, out) {
      const aAt = addressOf('products', 'a', a)
      const bAt = addressOf('products', 'b', b)
      list('products', vectors, count)
      if (count === 0) return
      kernels.products(length, addressesAt, count, aAt, bAt, resultsAt)
      for (let index = 0; index < 2 * count; index++) out[index] = results[index]
    },
    measure(a, b, out) {
      kernels.measure(length, addressOf('measure', 'a', a), addressOf('measure', 'b', b), resultsAt)
      out[0] = results[0]
      out[1] = results[1]
    },
  }
}
