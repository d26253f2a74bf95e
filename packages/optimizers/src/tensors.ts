/** Numbers of one precision, in place. */
export type Vector = Float32Array | Float64Array

/** What is trained: one flat array, or named arrays. */
export type Parameters = Vector | Readonly<Record<string, Vector>>

/** The name of the only tensor where parameters are one flat array. */
const flatName = 'parameters'

/** Parameters as named arrays. */
export function named(parameters: Parameters): Readonly<Record<string, Vector>> {
  return isVector(parameters) ? { [flatName]: parameters } : parameters
}

/** Whether a value is an f32 or f64 array. */
function isVector(value: unknown): value is Vector {
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
  const missing = Object.keys(expected).filter((name) => !Object.hasOwn(given, name))
  const unknown = Object.keys(given).filter((name) => !Object.hasOwn(expected, name))
  if (missing.length + unknown.length > 0) {
    const parts = [
      missing.length > 0 ? `without ${missing.join(', ')}` : '',
      unknown.length > 0 ? `with unknown ${unknown.join(', ')}` : '',
    ]
    throw new TypeError(`${owner}: ${what} ${parts.filter((part) => part !== '').join(' and ')}`)
  }
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
