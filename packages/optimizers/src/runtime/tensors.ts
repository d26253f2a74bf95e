import { allocate } from '@thalweg/kernels'

/** Numbers of one precision, in place. */
export type Vector = Float32Array | Float64Array

/** What is trained: one flat array, or named arrays. */
export type Parameters = Vector | Readonly<Record<string, Vector>>

/** The name of the only tensor where parameters are one flat array. */
export const flatName = 'parameters'

/** Parameters as named arrays; throws TypeError for anything but f32 and f64 arrays. */
export function named(parameters: Parameters): Readonly<Record<string, Vector>> {
  if (isVector(parameters)) return { [flatName]: parameters }
  if (!isRecord(parameters)) {
    throw new TypeError(
      'parameters must be a Float32Array, a Float64Array, or an object of such arrays by name',
    )
  }
  for (const [name, tensor] of Object.entries(parameters)) {
    if (!isVector(tensor)) throw new TypeError(`${name} must be a Float32Array or a Float64Array`)
  }
  return parameters
}

/** Whether a value is an object of its own, not one of a class such as Map. */
function isRecord(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

/** Whether a value is an f32 or f64 array. */
export function isVector(value: unknown): value is Vector {
  return value instanceof Float32Array || value instanceof Float64Array
}

/** f32 or f64, by the array. */
export function precisionOf(vector: Vector): 'f32' | 'f64' {
  return vector instanceof Float32Array ? 'f32' : 'f64'
}

/** Throws TypeError unless two sets of tensors have the same names, lengths and precisions. */
export function checkAlike(
  owner: string,
  expected: Readonly<Record<string, Vector>>,
  given: Readonly<Record<string, Vector>>,
  what: string,
): void {
  checkNames(owner, Object.keys(expected), Object.keys(given), what)
  for (const [name, tensor] of Object.entries(expected)) {
    const other = given[name]
    if (!isVector(other) || precisionOf(other) !== precisionOf(tensor) || other.length !== tensor.length) {
      const got = isVector(other) ? `${precisionOf(other)} [${other.length}]` : typeof other
      throw new TypeError(
        `${owner}: ${what} ${name} must be ${precisionOf(tensor)} [${tensor.length}], got ${got}`,
      )
    }
  }
}

/**
 * Throws TypeError where a gradient overlaps its parameters without being the same array: it would change while it is
 * read.
 */
export function checkApart(
  owner: string,
  tensors: Readonly<Record<string, Vector>>,
  gradients: Readonly<Record<string, Vector>>,
): void {
  for (const [name, tensor] of Object.entries(tensors)) {
    const gradient = gradients[name]
    const distance = Math.abs(tensor.byteOffset - gradient.byteOffset)
    if (tensor.buffer !== gradient.buffer || distance === 0 || distance >= tensor.byteLength) continue
    throw new TypeError(`${owner}: ${name} and its gradient share a part of their memory`)
  }
}

/** Throws TypeError where a tensor has another length than its state is for. */
export function checkLengths(
  owner: string,
  tensors: Readonly<Record<string, Vector>>,
  states: Readonly<Record<string, { readonly length: number }>>,
): void {
  for (const [name, { length }] of Object.entries(tensors)) {
    const expected = states[name].length
    if (length !== expected) {
      throw new TypeError(`${owner}: the state of ${name} is for ${expected} numbers, got ${length}`)
    }
  }
}

/** Throws TypeError unless two sets of names are the same, telling those that differ. */
export function checkNames(
  owner: string,
  expected: readonly string[],
  given: readonly string[],
  what: string,
): void {
  const missing = expected.filter((name) => !given.includes(name))
  const unknown = given.filter((name) => !expected.includes(name))
  if (missing.length + unknown.length === 0) return
  const parts = [
    missing.length > 0 ? `without ${missing.join(', ')}` : '',
    unknown.length > 0 ? `with unknown ${unknown.join(', ')}` : '',
  ]
  throw new TypeError(`${owner}: ${what} ${parts.filter((part) => part !== '').join(' and ')}`)
}

/** Throws TypeError for a shape of a tensor that is not there. */
export function checkShapeNames(
  owner: string,
  tensors: Readonly<Record<string, Vector>>,
  shapes: Readonly<Record<string, readonly number[]>> = {},
): void {
  const unknown = Object.keys(shapes).filter((name) => !Object.hasOwn(tensors, name))
  if (unknown.length > 0) throw new TypeError(`${owner}: shapes of unknown tensors ${unknown.join(', ')}`)
}

/** The dimensions of a tensor; throws RangeError where they do not multiply to its length. */
export function shapeOf(
  owner: string,
  name: string,
  { length }: Vector,
  shapes: Readonly<Record<string, readonly number[]>> | undefined,
): readonly number[] {
  const shape = shapes?.[name]
  if (shape === undefined) return [length]
  const product = shape.reduce((size, dimension) => size * dimension, 1)
  const whole = shape.every((dimension) => Number.isSafeInteger(dimension) && dimension > 0)
  if (!whole || product !== length) {
    throw new RangeError(
      `${owner}: the shape of ${name} must multiply to ${length}, got [${shape.join(', ')}]`,
    )
  }
  return shape
}

/** A zeroed array like another, in memory that kernels can reach. */
export function allocateVector(like: Vector): Vector {
  return precisionOf(like) === 'f32' ? allocate(like.length, 'f32') : allocate(like.length, 'f64')
}
